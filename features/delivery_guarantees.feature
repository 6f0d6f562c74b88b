@integration @kafka
Feature: The service answers as often as it promises, whatever happens to it
  In order to act on scores without checking them
  As the retention team
  I want no event lost and none answered twice beyond what was promised

  Rule: Work counts as done only once its answer is visible

    Scenario: The service is looked at again and again in the middle of its work
      Given the scoring service is running
      When the service is held still for a moment 15 times while it works on 5000 events
      Then the promise holds: work counts as done only once its answer is visible
      And the promise holds: work that counted as done stays done
      And the promise holds: no event is answered twice
      And the promise holds: no event is lost
      And every promise holds

  Rule: A service that is killed loses nothing and repeats only what was not done

    @slow
    Scenario: The service is killed three times in a row
      Given the scoring service is running
      When the service is killed and started again 3 times while it works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And every promise holds

    @slow
    Scenario Outline: The service is killed <moment>
      Given the scoring service is running
      When the service is killed <moment> while it works on 5000 events
      And the scoring service is started again
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: no event is both scored and dead-lettered
      And the promise holds: every score is the model's own
      And every promise holds

      Examples: moments
        | moment                               |
        | before its work counts as done       |
        | right after its work counted as done |

  Rule: A service that is stopped under load leaves nothing behind

    @slow
    Scenario: The service is stopped and started again and again
      Given the scoring service is running
      When the service is stopped and started again 3 times while it works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: the service stops when asked, with its work done
      And every promise holds

  Rule: A service whose name somebody else takes loses nothing and repeats nothing

    @slow @can-proxy @exactly-once
    Scenario: Another program takes over the service's transactions
      Given a network between the service and the broker that can fail
      And the scoring service is running
      When another program takes over its transactions while it works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: work counts as done only once its answer is visible
      And every promise holds

  Rule: A long backlog is worked off completely

    @slow
    Scenario: A backlog of many events is answered to the last one
      Given the scoring service has shown its pace
      And a backlog of 150000 events was published before the service started
      When the scoring service starts
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: every score is the model's own
      And the promise holds: finished work counts as done
      And every promise holds
