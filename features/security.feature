@integration @kafka @guarded @client-config
Feature: The service works with what it is allowed, and stops where it is not
  In order to keep customers' data among those who need it
  As the team that operates the platform
  I want a service that needs few rights, and that loses nothing when one of them is missing

  Background:
    Given a broker that lets in only whom it knows, and allows each only what it needs

  Rule: The service needs no more rights than are on its list

    Scenario: The rights on the list are enough
      Given the scoring service is running
      When 20 invalid events are published among 100 valid ones
      Then exactly 100 predictions arrive
      And exactly 20 dead letters arrive
      And every promise holds

  Rule: A service that is not let in does nothing, and nothing is lost

    @slow
    Scenario: Not let in until what is wrong is put right
      Given 60 events were published before the service started
      When the service is started once with each of these
        | what is wrong                                           |
        | a wrong password                                        |
        | an authority that did not sign the broker's certificate |
        | a broker that goes by another name                      |
        | a broker whose certificate has expired                  |
      Then none of them takes part, and nothing counts as done
      When all of that is put right and the service is started again
      Then exactly 60 predictions arrive
      And every promise holds

  Rule: A service that misses a right stops where everybody sees it, and loses nothing

    @slow
    Scenario: Each right is missing for a while
      Given the scoring service is running
      When each of these rights is withdrawn and given back while events arrive
        | right                       |
        | to read events              |
        | to be a member of its group |
        | to write predictions        |
        | to write dead letters       |
        | to use transactions         |
      Then each time work waited where everybody sees it, until the right was back
      And the promise holds: no event is lost
      And the promise holds: work counts as done only once its answer is visible
      And every promise holds
