@integration @kafka @can-proxy
Feature: The service answers as often as it promises, however bad its network is
  In order to act on scores without asking how they came about
  As the retention team
  I want no event lost or answered twice because a line was cut, slow, or swallowed an answer

  Background:
    Given a network between the service and the broker that can fail

  Rule: A connection that breaks costs nothing but time

    @slow
    Scenario: All connections break again and again
      Given the scoring service is running
      When all its connections break 4 times while it works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: each customer's events are scored in order
      And every promise holds

    @slow
    Scenario: Nothing gets through for a moment
      Given the scoring service is running
      When nothing gets through for a moment while it works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And every promise holds

    @slow
    Scenario: Nothing gets through for so long that the service is given up
      Given the scoring service is running
      When nothing gets through until its group gives it up while it works on 3000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: the backlog returns to zero
      And every promise holds

  Rule: A bad line only makes the service slower

    @slow
    Scenario: A slow network takes time and loses nothing
      Given the scoring service is running
      When the network becomes slow while it works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And every promise holds

    @slow
    Scenario: A narrow network takes time and loses nothing
      Given the scoring service is running
      When the network becomes narrow while it works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And every promise holds

  Rule: What was done is not done again because its confirmation was lost

    @slow
    Scenario: The service never hears that its results were stored
      Given the scoring service is running
      When it never hears that its results were stored, 3 times while it works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: nobody is answered for an event that was never sent
      And every promise holds

    @slow @at-least-once
    Scenario: The service never hears that its work counts as done
      Given the scoring service is running
      When it never hears that its work counts as done, 3 times while it works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: finished work counts as done
      And every promise holds

    @slow @exactly-once
    Scenario Outline: The service never hears <what>
      Given the scoring service is running
      When it never hears <what>, 3 times while it works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: work counts as done only once its answer is visible
      And every promise holds

      Examples: confirmations
        | what                                          |
        | that its work counts as done with its results |
        | that its results are final                    |

    @slow
    Scenario: The service hears late that its results were stored
      Given the scoring service is running
      When it hears 8 seconds late that its results were stored while it works on 3000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And every promise holds

    @slow @exactly-once
    Scenario: The service hears late that its results are final
      Given the scoring service is running
      When it hears 8 seconds late that its results are final while it works on 3000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And every promise holds
