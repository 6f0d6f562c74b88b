@integration @kafka
Feature: Only events that were published for good are answered
  In order to act on what really happened
  As the retention team
  I want no score for an event that its sender took back, or has not decided on yet

  Rule: A cancelled event is never answered

    Scenario: Events that were cancelled stand among ordinary ones
      Given the scoring service is running
      When 30 events are cancelled among 60 that are published
      Then exactly 60 predictions arrive
      And the promise holds: cancelled events are never answered
      And the promise holds: finished work counts as done
      And every promise holds

    Scenario: Of good and cancelled events in turn only the good are answered
      Given the scoring service is running
      When 100 events are cancelled in small lots among 200 that are published
      Then the promise holds: cancelled events are never answered
      And the promise holds: no event is lost
      And the promise holds: finished work counts as done
      And every promise holds

    Scenario: Cancelled events waited for the service among others
      Given 100 events were cancelled in small lots among 200 before the service started
      When the scoring service starts
      Then the promise holds: cancelled events are never answered
      And the promise holds: no event is lost
      And every promise holds

  Rule: An event is answered once its sender has decided, and not before

    Scenario: A sender takes its time
      Given the scoring service is running
      When 30 events are held back until 60 later ones have been answered
      Then exactly 90 predictions arrive
      And the promise holds: cancelled events are never answered
      And the promise holds: no event is lost
      And every promise holds

    Scenario: A sender disappears before it has decided
      Given the scoring service is running
      When a sender disappears with 30 events undecided, and 60 others are published
      Then exactly 60 predictions arrive
      And the promise holds: cancelled events are never answered
      And the promise holds: finished work counts as done
      And every promise holds
