"""The situations in which saboteurs are caught: feature, and words of a scenario's name."""

FIFTY = "end_to_end_flow: Fifty customers are scored"
WAITED = "end_to_end_flow: Events that waited for the service"
SEVERAL = "end_to_end_flow: Customers with several events get a score for each"
COPIES = "end_to_end_flow: The same event published three times"
ALIKE = "end_to_end_flow: Customers who are alike"
ALL_DONE = "end_to_end_flow: Nothing is left to do when all is scored"

FORM = "schema_validation: All predictions are checked, not a sample"
ODD = "schema_validation: Unusual spelling"
NO_EVENT = "schema_validation: What is JSON but not an event gets no score"
WRONG_FIELD = "schema_validation: What is an event with a wrong field gets no score"

NOT_JSON = "dead_letter_queue: Bytes that are no JSON are dead-lettered"
INVALID = "dead_letter_queue: Events that break the agreement"
BAD_COPIES = "dead_letter_queue: The same bad event published three times"
NARROW = "dead_letter_queue: A valid event that the model cannot score"
POSITIONS = "dead_letter_queue: Bad events first, last and side by side"
LOTS = "dead_letter_queue: Bad events take no longer than good ones"
ONLY_BAD = "dead_letter_queue: Nothing but bad events"
SWEPT_NOT_JSON = "dead_letter_queue: What is not JSON at all delays nobody"
SWEPT_NO_EVENT = "dead_letter_queue: What is JSON but not an event delays nobody"
SWEPT_WRONG_FIELD = "dead_letter_queue: What is an event with a wrong field delays nobody"
SWEPT_NARROW = "dead_letter_queue: What the model cannot score delays nobody"
BAD_RESTART = "dead_letter_queue: A restart answers no bad event again"

TEN_FIFTEEN = "consumer_resilience: Ten before the stop, fifteen after it"
IDLE_RESTART = "consumer_resilience: A restart with nothing to do adds nothing"
STOPPED = "consumer_resilience: A stop in the middle of work loses nothing"
KILLED = "consumer_resilience: The service is killed while it scores"

LOOKED_AT = "delivery_guarantees: The service is looked at again and again"
KILLED_BEFORE = "delivery_guarantees: The service is killed before its work counts as done"
KILLED_AFTER = "delivery_guarantees: The service is killed right after its work counted as done"
CRASH_LOOP = "delivery_guarantees: The service is killed three times in a row"
BACKLOG = "delivery_guarantees: A backlog of many events is answered to the last one"
STOPPED_OFTEN = "delivery_guarantees: The service is stopped and started again and again"

NAMESAKE = "delivery_guarantees: Another program takes over the service's transactions"

MANY = "ordering: Many events of few customers"
MIXED = "ordering: Valid and invalid events in turn"
ORDER_RESTART = "ordering: A stop in between changes no order"

SCALED = "rebalancing: From one instance to two, to three, and back to one"
GROWN = "rebalancing: The input topic grows"
FLAPPING = "rebalancing: A second instance comes and goes quickly"
ONE_KILLED = "rebalancing: One of two instances is killed"
FROZEN_BRIEFLY = "rebalancing: An instance freezes for a moment"
FROZEN_LONG = "rebalancing: Two of three instances freeze"

CANCELLED = "transactions: Events that were cancelled stand among ordinary ones"
UNDECIDED = "transactions: A sender takes its time"
ABANDONED = "transactions: A sender disappears before it has decided"

BROKEN_OFF = "network_faults: All connections break again and again"
SILENCE = "network_faults: Nothing gets through for a moment"
GIVEN_UP = "network_faults: Nothing gets through for so long that the service is given up"
STORED_UNHEARD = "network_faults: The service never hears that its results were stored"
OFFSETS_UNHEARD = (
    "network_faults: The service never hears that its work counts as done with its results"
)

FINAL_LATE = "network_faults: The service hears late that its results are final"

SHOWN = "observability: Scores, dead letters and backlog are shown as they are"

STEADY = "service_levels: The time from each event to its answer"
DRAINED = "service_levels: A backlog of events is worked off to the last one"

CRASHED_BROKER = "broker_outages: The broker crashes and comes back"
REFUSED_FIRST = "broker_outages: The predictions topic refuses all messages on the first day"
REFUSED_BRIEFLY = "broker_outages: The predictions topic refuses all messages for a moment"

LOST_KEEPER = "broker_cluster: The broker that keeps the group's progress is lost"
LOST_ALONE = "broker_cluster: A broker is lost with results that no other broker has"
TOO_FEW_COPIES = "broker_cluster: The predictions lack a copy for a while"
