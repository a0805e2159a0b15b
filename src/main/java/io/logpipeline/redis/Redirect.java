package io.logpipeline.redis;

/**
 * What a node of a cluster says of a call that it did not run. Each of these means that the call
 * had no effect: sending it to the right node is the first time.
 */
sealed interface Redirect {
    /** The slot is another node's. */
    record Moved(NodeAddress node) implements Redirect {}

    /** The slot is on its way to another node, and these keys are there already, or nowhere. */
    record Ask(NodeAddress node) implements Redirect {}

    /** Its keys are on the way to another node, or the slot is nobody's for now. */
    record Later() implements Redirect {}

    /** It says nothing of this kind: the call had its effect, or may have had, or is refused. */
    record None() implements Redirect {}

    /**
     * Reads it from a call's failure, as told by this node. It never means itself: where it seems
     * to, it speaks of one on another host, whose name it does not know yet.
     */
    static Redirect of(RedisFailure failure, NodeAddress speaker) {
        if (failure.kind() != RedisFailure.Kind.REFUSED) {
            return new None();
        }
        String[] words = String.valueOf(failure.getMessage()).split(" ", -1);
        return switch (words[0]) {
            case "MOVED", "ASK" -> {
                NodeAddress node = NodeAddress.of(words[2], speaker.host());
                if (node.equals(speaker)) {
                    yield new Later();
                }
                yield words[0].equals("ASK") ? new Ask(node) : new Moved(node);
            }
            case "TRYAGAIN", "CLUSTERDOWN" -> new Later();
            default -> new None();
        };
    }
}
