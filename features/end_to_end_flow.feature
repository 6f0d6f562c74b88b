@integration @kafka
Feature: Every customer event gets its churn score
  In order to call customers before they leave
  As the retention team
  I want one right churn score for every event, and none for anybody else

  Rule: Fifty events in, fifty right scores out

    Scenario: Fifty customers are scored
      Given the scoring service is running
      When the events of the fifty known customers are published
      Then 50 of 50 events are acknowledged
      And exactly 50 predictions arrive, one for each of the fifty customers
      And the promise holds: no event is lost
      And the promise holds: no event is answered twice
      And the promise holds: every score is the model's own
      And the promise holds: nobody is answered for an event that was never sent
      And every promise holds

    Scenario: Events that waited for the service are scored when it comes
      Given the events of the fifty known customers were published before the service started
      When the scoring service starts
      Then exactly 50 predictions arrive, one for each of the fifty customers
      And every promise holds

  Rule: Each event counts, also a customer's second one

    Scenario: Customers with several events get a score for each
      Given the scoring service is running
      When 40 customers publish 5 events each
      Then exactly 200 predictions arrive
      And the promise holds: each customer's events are scored in order
      And the promise holds: every score is the model's own
      And every promise holds

    Scenario: The same event published three times is answered three times
      Given the scoring service is running
      When 10 events are published 3 times each
      Then exactly 30 predictions arrive
      And every promise holds

    Scenario: Customers who are alike in everything get the same score
      Given the scoring service is running
      When 30 pairs of customers who are alike in everything have an event each
      Then exactly 60 predictions arrive
      And the promise holds: every score is the model's own
      And the promise holds: equal customers get equal scores
      And every promise holds

  Rule: Finished work counts as done

    Scenario: Nothing is left to do when all is scored
      Given the scoring service is running
      When 300 events of many customers are published
      Then the promise holds: work counts as done only once its answer is visible
      And the promise holds: finished work counts as done
      And the promise holds: the backlog returns to zero
      And the promise holds: the service stops when asked, with its work done
      And every promise holds
