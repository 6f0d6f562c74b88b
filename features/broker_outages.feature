@integration @kafka @breaks-broker @slow
Feature: The service outlives an outage of its broker
  In order to sleep while a broker is being repaired
  As the team that operates the scoring service
  I want the service to go on by itself where it had stopped, and to make up nothing meanwhile

  Rule: When the broker is back, so is the service

    @can-pause
    Scenario: The broker freezes for a moment
      Given the scoring service is running
      When the broker freezes for a moment while the service works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And every promise holds

    @can-restart
    Scenario: The broker is restarted
      Given the scoring service is running
      When the broker is restarted while the service works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: the backlog returns to zero
      And every promise holds

    @can-kill @can-restart
    Scenario: The broker crashes and comes back
      Given the scoring service is running
      When the broker crashes and comes back while the service works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: work that counted as done stays done
      And the promise holds: the backlog returns to zero
      And every promise holds

  Rule: An event is not bad because the broker is

    Scenario: The predictions topic refuses all messages for a while
      Given the scoring service is running
      When the predictions topic refuses all messages for a while during 3000 events
      Then the promise holds: no event is lost
      And the promise holds: valid events are scored and invalid ones dead-lettered
      And the promise holds: every dead letter names the right reason
      And every promise holds

    Scenario: The predictions topic refuses all messages for a moment, again and again
      Given the scoring service is running
      When the predictions topic refuses all messages 5 times briefly during 3000 events
      Then the promise holds: no event is lost
      And the promise holds: valid events are scored and invalid ones dead-lettered
      And every promise holds

    Scenario: The predictions topic refuses all messages on the first day
      Given the scoring service is running
      When the predictions topic refuses what comes of the first 300 events for a while
      Then the promise holds: no event is lost
      And the promise holds: valid events are scored and invalid ones dead-lettered
      And every promise holds
