package io.logpipeline.redis;

import java.util.Comparator;

/** Where a node of a cluster is reached. */
record NodeAddress(String host, int port) implements Comparable<NodeAddress> {
    private static final Comparator<NodeAddress> ORDER =
            Comparator.comparing(NodeAddress::host).thenComparingInt(NodeAddress::port);

    /**
     * Reads {@code host:port}.
     *
     * @param hostOfSpeaker meant where the host is left out
     */
    static NodeAddress of(String text, String hostOfSpeaker) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon);
        return new NodeAddress(
                host.isEmpty() ? hostOfSpeaker : host, Integer.parseInt(text.substring(colon + 1)));
    }

    @Override
    public int compareTo(NodeAddress other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
