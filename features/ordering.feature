@integration @kafka
Feature: A customer's events are scored in the order in which they happened
  In order to see how a customer's risk develops
  As the retention team
  I want each customer's scores in the order of the customer's events

  Rule: Order per customer survives mixture and speed

    Scenario: Many events of few customers
      Given the scoring service is running
      When 6 customers publish 300 events each
      Then exactly 1800 predictions arrive
      And the promise holds: each customer's events are scored in order
      And every promise holds

    Scenario: Valid and invalid events in turn
      Given the scoring service is running
      When a mixed load of 5000 events is published
      Then the promise holds: each customer's events are scored in order
      And the promise holds: valid events are scored and invalid ones dead-lettered
      And the promise holds: every dead letter gives the original back
      And every promise holds

  Rule: Order per customer survives a restart

    @slow
    Scenario: A stop in between changes no order
      Given the scoring service is running
      When the service is stopped and started again 1 times while it works on 5000 events
      Then the promise holds: each customer's events are scored in order
      And every promise holds
