@integration @kafka @metrics
Feature: Operators see how the service is doing
  In order to notice trouble before the retention team does
  As the team that operates the scoring service
  I want to see what the service does, and whether it can do it

  Rule: What the service shows agrees with what it did

    Scenario: Scores, dead letters and backlog are shown as they are
      Given the scoring service is running
      When a mixed load of 1000 events is published
      And the service's figures are read once all is answered
      Then the promise holds: the service's figures agree with what it did
      And every promise holds

  Rule: A glance tells ready from alive from stuck

    @reference @slow @can-proxy
    Scenario: It tells its start, its trouble and its recovery
      Given a network between the service and the broker that can fail
      And the scoring service says that it is alive while it cannot reach the broker, and ready once it can
      When the predictions topic refuses 100 events until the service says that it is stuck
      Then it says that it is ready again
      And the promise holds: no event is lost
      And every promise holds

  Rule: Whoever reads the figures never disturbs the scoring

    @reference
    Scenario: Readers that never finish their question cost no event its answer
      Given the scoring service is running
      When 40 readers hold up its metrics page while it works on 2000 events
      And the service's figures are read once all is answered
      Then the promise holds: no event is lost
      And the promise holds: the service's figures agree with what it did
      And every promise holds
