package io.logpipeline.drain;

import java.nio.charset.StandardCharsets;

/** A numbered event of a history. */
record Event(int seq, String text) {
    static Event of(int seq) {
        return new Event(seq, "{\"seq\":" + seq + ",\"event\":\"" + "x".repeat(seq % 7) + "\"}");
    }

    @Override
    public String toString() {
        return Integer.toString(seq);
    }

    byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
