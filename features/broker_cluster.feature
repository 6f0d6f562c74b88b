@integration @kafka @cluster @slow @wip
Feature: The service outlives the loss of one broker of several
  In order to repair and upgrade brokers in working hours, one at a time
  As the team that operates the platform
  I want the service to find whoever takes over, and to count as done only what outlives a broker

  Background:
    Given a cluster of three brokers that each keep a copy of everything

  Rule: Whichever broker goes, the service goes on with the others

    Scenario: All brokers are restarted one after the other
      Given the scoring service is running
      When all brokers are restarted one after the other while the service works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: the backlog returns to zero
      And every promise holds

    Scenario Outline: The broker that <has a duty> is lost
      Given the scoring service is running
      When the broker that <has a duty> is lost while the service works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: work that counted as done stays done
      And the promise holds: the backlog returns to zero
      And every promise holds

      Examples: duties
        | has a duty                 |
        | leads the predictions      |
        | keeps the group's progress |

      @exactly-once
      Examples: duties of transactions
        | has a duty             |
        | keeps the transactions |

  Rule: An event counts as done only when the loss of a broker cannot undo its answer

    @at-least-once
    Scenario: A broker is lost with results that no other broker has
      Given the scoring service is running
      When a broker is lost with results that it alone has while the service works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: work counts as done only once its answer is visible
      And every promise holds

    Scenario: The predictions lack a copy for a while
      Given the scoring service is running
      When the predictions lack a copy for a while during 3000 events
      Then the promise holds: no event is lost
      And the promise holds: valid events are scored and invalid ones dead-lettered
      And the promise holds: every dead letter names the right reason
      And every promise holds
