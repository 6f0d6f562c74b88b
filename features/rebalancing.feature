@integration @kafka
Feature: Several instances share the work
  In order to scale the scoring service up and down with the load
  As the team that operates the scoring service
  I want instances to come and go without losing, repeating or mixing up anything

  Rule: Work moves between instances without a trace in the results

    @slow
    Scenario: From one instance to two, to three, and back to one
      Given the scoring service is running
      When the service grows to 2 and 3 instances and shrinks to 1 while it works on 6000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: each customer's events are scored in order
      And the promise holds: every partition has one owner
      And every promise holds

    @slow
    Scenario: A second instance comes and goes quickly
      Given the scoring service is running
      When a second instance comes and goes 3 times while the service works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: finished work counts as done
      And every promise holds

    @slow @reference
    Scenario Outline: Instances that share the work by the <protocol> protocol
      Given the scoring service shares its work by the <protocol> protocol
      And the scoring service is running
      When a second instance comes and goes 2 times while the service works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And every promise holds

      Examples: protocols
        | protocol    |
        | eager       |
        | cooperative |

      @new-groups
      Examples: the protocol of new groups
        | protocol |
        | consumer |

  Rule: More room for events costs none of them

    @slow
    Scenario: The input topic grows, and what stands on its new part is answered too
      Given the scoring service is running
      When the input topic gets 2 more partitions while the service works on 3000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: finished work counts as done
      And every promise holds

  Rule: A member that is gone is replaced, and one that returns does no harm

    @slow
    Scenario: One of two instances is killed
      Given the scoring service is running in 2 instances
      When one instance is killed while the service works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: the backlog returns to zero
      And every promise holds

    @slow
    Scenario: An instance freezes for a moment
      Given the scoring service is running in 2 instances
      When one instance freezes for a moment while the service works on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And every promise holds

    @slow
    Scenario: Two of three instances freeze for so long that the third takes over
      Given the scoring service is running in 3 instances
      When two instances freeze until the third has taken over their work on 5000 events
      Then the promise holds: no event is lost
      And the promise holds: a member believed dead adds nothing
      And the promise holds: no event is answered twice
      And every promise holds
