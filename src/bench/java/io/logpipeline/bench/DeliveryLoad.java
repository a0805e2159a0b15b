package io.logpipeline.bench;

import java.time.Duration;

/**
 * How events are sent.
 *
 * @param senders at once, unless the contender has a number of its own
 * @param eventsPerCall of each call, or request, of a sender
 * @param eventsMax that are sent in all, unless the time is over before
 * @param time after which no call begins but the first of each sender
 */
record DeliveryLoad(String title, int senders, int eventsPerCall, long eventsMax, Duration time) {}
