@integration @kafka
Feature: Customer events reach the input topic
  In order to score every customer
  As a producer of customer events
  I want each event that I publish to be acknowledged and kept unchanged

  Rule: Every published event is acknowledged and kept

    Scenario: Fifty events are published and all fifty acknowledged
      When the events of the fifty known customers are published
      Then 50 of 50 events are acknowledged
      And each acknowledged event stands on the input topic once and unchanged

    Scenario: A customer's events stay together
      When 12 customers publish 4 events each
      Then 48 of 48 events are acknowledged
      And all events of one customer stand in one partition in the order they were sent

  Rule: An event that the topic refuses is reported and harms no other

    Scenario: One event is larger than the topic takes
      When the events of the fifty known customers are published with one too large among them
      Then 50 of 51 events are acknowledged
      And the event that was too large is reported as refused
      And each acknowledged event stands on the input topic once and unchanged
