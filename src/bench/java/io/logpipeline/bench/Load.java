package io.logpipeline.bench;

/**
 * One kind of load.
 *
 * @param eventsPerRequest 1: a single object; more: an array
 * @param connections each with one request in flight
 * @param users the ids that events carry, all of one day: so many lists
 */
record Load(int eventsPerRequest, int connections, int users) {
    boolean isBulk() {
        return eventsPerRequest > 1;
    }

    /** What may be stored without having been acknowledged: requests in flight at the end. */
    long eventsInFlightMax() {
        return (long) eventsPerRequest * connections;
    }

    @Override
    public String toString() {
        return (isBulk() ? "arrays of " + eventsPerRequest : "single events")
                + ", "
                + connections
                + (connections == 1 ? " connection, " : " connections, ")
                + users
                + " users";
    }
}
