package io.logpipeline.drain;

import io.logpipeline.event.UserDay;
import io.logpipeline.redis.ListScan;
import io.logpipeline.redis.PendingStream;
import io.logpipeline.redis.PendingStreams;
import io.logpipeline.redis.RedisFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The lists with an entry, as far as a sweep has read the streams. In a cluster a stream may be
 * silent while others answer: its lists are kept alive, and their entries left to a later sweep.
 */
final class KnownLists {
    /** Asked between two pages. */
    @FunctionalInterface
    interface Between {
        /** Whether to go on. */
        boolean goesOn() throws RedisFailure, InterruptedException;
    }

    private static final String FIRST_ID = "0-0";
    private static final int ENTRIES_PER_PAGE = 1000;

    private final PendingStreams pending;
    private final ListScan scan;
    private final Between pages;
    private final EntryIndex index = new EntryIndex(ThreadLocalRandom.current().nextLong());
    private final Map<PendingStream, String> lastIds = new LinkedHashMap<>();

    KnownLists(PendingStreams pending, ListScan scan, Between pages) {
        this.pending = pending;
        this.scan = scan;
        this.pages = pages;
        pending.read().forEach(stream -> lastIds.put(stream, FIRST_ID));
    }

    boolean contains(String list) {
        return index.contains(list);
    }

    /**
     * Reads on and keeps alive what the entries stand for: a page of each stream in turn, so that
     * the oldest come first whatever their stream.
     */
    void readOn() throws RedisFailure, InterruptedException {
        List<PendingStream> unread = List.copyOf(lastIds.keySet());
        do {
            List<PendingStream> longer = new ArrayList<>();
            for (PendingStream stream : unread) {
                if (readPage(stream)) {
                    longer.add(stream);
                }
            }
            unread = longer;
        } while (!unread.isEmpty() && pages.goesOn());
    }

    /** Whether there may be more. */
    private boolean readPage(PendingStream stream) throws RedisFailure, InterruptedException {
        PendingStream.Page page;
        try {
            page = stream.page(lastIds.getOrDefault(stream, FIRST_ID), ENTRIES_PER_PAGE);
        } catch (RedisFailure failure) {
            leaveOut(stream, failure);
            return false;
        }
        scan.tend(page.lists().stream().filter(list -> UserDay.fromKey(list).isPresent()).toList());
        page.lists().forEach(index::add);
        lastIds.put(stream, page.lastId());
        return page.lists().size() == ENTRIES_PER_PAGE;
    }

    /** Whether the list's stream took its entry. */
    boolean add(String list, long seenMicros) throws RedisFailure, InterruptedException {
        PendingStream stream = pending.of(list);
        if (!lastIds.containsKey(stream)) {
            return false;
        }
        try {
            stream.addNow(list, seenMicros);
            return true;
        } catch (RedisFailure failure) {
            leaveOut(stream, failure);
            return false;
        }
    }

    /** Removes consumers unused for {@code idle} that have nothing pending. */
    void retireConsumers(Duration idle) throws RedisFailure, InterruptedException {
        for (PendingStream stream : lastIds.keySet()) {
            stream.retireConsumers(idle);
        }
    }

    private void leaveOut(PendingStream stream, RedisFailure failure) throws RedisFailure {
        lastIds.remove(stream);
        if (lastIds.isEmpty()) {
            throw failure;
        }
    }
}
