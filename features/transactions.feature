@integration @kafka
Feature: Only events that were published for good are answered
  In order to act on what really happened
  As the retention team
  I want no score for an event that its sender took back

  Rule: A cancelled event is never answered

    Scenario: Events that were cancelled stand among ordinary ones
      Given the scoring service is running
      When 30 events are cancelled among 60 that are published
      Then exactly 60 predictions arrive
      And the promise holds: cancelled events are never answered
      And the promise holds: finished work counts as done
      And every promise holds
