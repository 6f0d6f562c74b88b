@integration @kafka
Feature: Predictions keep the agreed form, and so must events
  In order to build on predictions without looking twice
  As a consumer of churn predictions
  I want each prediction to have the agreed form, and only valid events to get one

  Rule: Every prediction keeps the agreed form

    Scenario: All predictions are checked, not a sample
      Given the scoring service is running
      When the events of the fifty known customers are published
      Then exactly 50 predictions arrive, one for each of the fifty customers
      And the promise holds: every prediction keeps the agreed form
      And every promise holds

  Rule: An event that is odd but valid is scored

    Scenario: Unusual spelling, unknown extra fields and strange names are scored
      Given the scoring service is running
      When one event of each kind that is "odd but valid" is published among ordinary events
      Then the promise holds: valid events are scored and invalid ones dead-lettered
      And the promise holds: every score is the model's own
      And every promise holds

    @slow
    Scenario: What is odd but valid is scored wherever it stands
      Given the scoring service is running
      When each kind that is "odd but valid" is published in every position
      Then the promise holds: valid events are scored and invalid ones dead-lettered
      And the promise holds: every score is the model's own
      And every promise holds

  Rule: An event that breaks the agreement gets no score

    Scenario Outline: What is <kind> gets no score
      Given the scoring service is running
      When one event of each kind that is "<kind>" is published among ordinary events
      Then the promise holds: valid events are scored and invalid ones dead-lettered
      And the promise holds: no event is both scored and dead-lettered
      And every promise holds

      Examples: ways to break the agreement
        | kind                        |
        | JSON but not an event       |
        | an event with a wrong field |
