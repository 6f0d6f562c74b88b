@integration @kafka
Feature: The message broker is within reach
  In order to trust every later verdict
  As the team that runs the scoring pipeline
  I want to know that the broker answers before anything else is judged

  Rule: The broker answers its administrators and its clients

    Scenario: The cluster introduces itself
      When the cluster is asked to describe itself
      Then at least 1 broker answers and one is in charge

    Scenario: A message makes the round trip unharmed
      When a message is put on a topic of its own
      Then exactly that message is read back

  Rule: A broker that is not there is reported and not waited for

    Scenario: Nobody listens at the address
      When a cluster is sought where nobody listens
      Then the search ends within 10 seconds saying that nobody answers
