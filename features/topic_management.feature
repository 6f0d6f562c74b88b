@integration @kafka
Feature: The pipeline's topics exist as agreed
  In order to let producers and the scoring service meet
  As the team that runs the scoring pipeline
  I want the three topics to have their agreed names, sizes and settings

  Background:
    Given the agreed topics have been created

  Rule: Each topic has its agreed number of partitions

    Scenario: Three for events, three for predictions, one for dead letters
      Then the input topic has 3 partitions
      And the predictions topic has 3 partitions
      And the dead letter topic has 1 partition

  Rule: Settings asked for are settings applied

    Scenario: Retention and message size are what was asked for
      Then each agreed topic has these settings
        | setting           | value   |
        | cleanup.policy    | delete  |
        | retention.ms      | 3600000 |
        | max.message.bytes | 1048588 |

  Rule: Topics are created once and deleted for good

    Scenario: Creating the topics again changes nothing and says so
      When the agreed topics are created again
      Then the broker says that they already exist
      And the input topic has 3 partitions

    Scenario: Deleted topics are gone
      When the agreed topics are deleted
      Then none of them exists any more
