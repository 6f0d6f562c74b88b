@integration @kafka
Feature: The scoring service survives a restart
  In order to deploy and repair the service at any time
  As the team that operates the scoring service
  I want it to go on exactly where it left off

  Rule: After a clean stop the service goes on where it left off

    Scenario: Ten before the stop, fifteen after it, none twice
      Given the scoring service is running
      And 10 events were published and answered
      When the scoring service is stopped
      And 15 more events are published
      And the scoring service is started again
      Then exactly 15 events are answered after the restart
      And the promise holds: no event is answered twice
      And the promise holds: no event is lost
      And every promise holds

    @reference
    Scenario: Of twenty-five waiting events ten are taken, and the restart takes the others
      Given 25 events were published before the service started
      When the scoring service takes 10 events and ends
      Then exactly 10 events count as done
      When the scoring service is started again
      Then exactly 15 events are answered after the restart
      And every promise holds

    Scenario: A restart with nothing to do adds nothing
      Given the scoring service is running
      And 50 events were published and answered
      When the scoring service is stopped and started again with nothing to do
      Then the promise holds: a restart with nothing to do adds nothing
      And every promise holds

    @slow
    Scenario: A stop in the middle of work loses nothing
      Given the scoring service is running
      When the scoring service is stopped while it works on 3000 events
      And the scoring service is started again
      Then the promise holds: the service stops when asked, with its work done
      And the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And every promise holds

  Rule: A crash loses nothing

    @slow
    Scenario: The service is killed while it scores
      Given the scoring service is running
      When the scoring service is killed while it works on 3000 events
      And the scoring service is started again
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: work counts as done only once its answer is visible
      And every promise holds
