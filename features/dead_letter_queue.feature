@integration @kafka
Feature: What cannot be scored is kept with its reason
  In order to repair what went wrong and lose nothing
  As the team that operates the scoring service
  I want every event that cannot be scored on the dead letter topic, unchanged and with its reason

  Rule: A dead letter gives the original back and names the reason

    Scenario: Bytes that are no JSON are dead-lettered
      Given the scoring service is running
      When one event of each kind that is "not JSON at all" is published among ordinary events
      Then the promise holds: no event is lost
      And the promise holds: every dead letter gives the original back
      And the promise holds: every dead letter names the right reason
      And the promise holds: every dead letter keeps the agreed form
      And every promise holds

    Scenario: Events that break the agreement are dead-lettered
      Given the scoring service is running
      When 20 invalid events are published among 100 valid ones
      Then exactly 100 predictions arrive
      And exactly 20 dead letters arrive
      And the promise holds: every dead letter gives the original back
      And the promise holds: every dead letter names the right reason
      And every promise holds

    Scenario: The same bad event published three times is dead-lettered three times
      Given the scoring service is running
      When 10 invalid events are published 3 times each
      Then exactly 30 dead letters arrive
      And the promise holds: no event is lost
      And every promise holds

    @oracle
    Scenario: A valid event that the model cannot score is dead-lettered
      Given the scoring service is running with a model that knows one category less
      When the events of the fifty known customers are published
      Then the events that this model cannot score are dead-lettered and all others scored
      And every promise holds

  Rule: A bad event delays no other

    Scenario: Bad events first, last and side by side
      Given the scoring service is running
      When each partition gets a bad event first, two side by side, and one last
      Then the promise holds: a bad event delays no other
      And the promise holds: finished work counts as done
      And every promise holds

    Scenario: Bad events take no longer than good ones
      Given the scoring service is running
      When 60 valid events are published and answered, and then 60 invalid ones
      Then the promise holds: no event is lost
      And the promise holds: a bad event delays no other
      And every promise holds

    @slow
    Scenario Outline: What is <kind> delays nobody, wherever it stands
      Given the scoring service is running
      When each kind that is "<kind>" is published in every position
      Then the promise holds: a bad event delays no other
      And the promise holds: valid events are scored and invalid ones dead-lettered
      And the promise holds: every dead letter gives the original back
      And every promise holds

      Examples: bad events
        | kind                        |
        | not JSON at all             |
        | JSON but not an event       |
        | an event with a wrong field |

    @slow @oracle
    Scenario: What the model cannot score delays nobody, wherever it stands
      Given the scoring service is running with a model that knows one category less
      When each kind that is "an event that the model cannot score" is published in every position
      Then the events that this model cannot score are dead-lettered and all others scored
      And the promise holds: a bad event delays no other
      And every promise holds

    Scenario: Nothing but bad events
      Given the scoring service is running
      When 60 invalid events are published among 0 valid ones
      Then exactly 60 dead letters arrive
      And the promise holds: finished work counts as done
      And every promise holds

    Scenario: A restart answers no bad event again
      Given the scoring service is running
      And 10 invalid events were published and answered
      When the scoring service is stopped and started again with nothing to do
      Then the promise holds: a restart with nothing to do adds nothing
      And exactly 10 dead letters arrive
      And every promise holds

  Rule: What was dead-lettered can be put back when its cause is mended

    @oracle
    Scenario: Events that a mended model can score are put back and scored
      Given the scoring service is running with a model that knows one category less
      When the events of the fifty known customers are published
      And the service is mended with the whole model
      And its dead letters are put back
      And the scoring service is started again
      Then each event that was put back stands on the input topic once more, unchanged
      And exactly 50 predictions arrive
      And every promise holds

    @exact-letters
    Scenario: What is put back as it was is dead-lettered again
      Given the scoring service is running
      When one event of each kind that is "not JSON at all" is published among ordinary events
      And one event of each kind that is "an event with a wrong field" is published among ordinary events
      And its dead letters are put back
      Then each event that was put back stands on the input topic once more, unchanged
      And the promise holds: every dead letter gives the original back
      And every promise holds
