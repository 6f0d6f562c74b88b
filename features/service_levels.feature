@integration @kafka
Feature: The service is fast enough
  In order to reach customers while they still hesitate
  As the retention team
  I want to know how long an event waits for its score, on good days and on bad ones

  Rule: At a steady rate, events are answered soon

    @slow
    Scenario: The time from each event to its answer
      Given the scoring service is running
      When 1500 events come at 500 a second
      Then the promise holds: the service keeps its service levels
      And every promise holds

  Rule: What has waited is worked off

    Scenario: A backlog of events is worked off to the last one
      Given a backlog of 10000 events was published before the service started
      When the scoring service starts
      Then the promise holds: the service keeps its service levels
      And the promise holds: the backlog returns to zero
      And every promise holds

    @slow
    Scenario: The service is back after a kill
      Given the scoring service is running
      When the scoring service is killed while it works on 2000 events
      And the scoring service is started again
      Then the promise holds: the service keeps its service levels
      And every promise holds
