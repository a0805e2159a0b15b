package io.logpipeline.redis;

import java.util.Comparator;

/** Where a node of a cluster is reached. */
record NodeAddress(String host, int port) implements Comparable<NodeAddress> {
    private static final Comparator<NodeAddress> ORDER =
            Comparator.comparing(NodeAddress::host).thenComparingInt(NodeAddress::port);

    /**
     * Reads {@code host:port}.
     *
     * @param hostOfSpeaker meant where the host is not told
     */
    static NodeAddress of(String text, String hostOfSpeaker) {
        int colon = text.lastIndexOf(':');
        return new NodeAddress(
                hostMeant(text.substring(0, colon), hostOfSpeaker),
                Integer.parseInt(text.substring(colon + 1)));
    }

    /** A question mark is a node that is to be told by its name, which is not known yet. */
    static String hostMeant(String told, String hostOfSpeaker) {
        return told.isEmpty() || told.equals("?") ? hostOfSpeaker : told;
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
