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

    /** Reads it from a call's failure, as told by a node on this host. */
    static Redirect of(RedisFailure failure, String hostOfSpeaker) {
        if (failure.kind() != RedisFailure.Kind.REFUSED) {
            return new None();
        }
        String[] words = String.valueOf(failure.getMessage()).split(" ", -1);
        return switch (words[0]) {
            case "MOVED" -> new Moved(NodeAddress.of(words[2], hostOfSpeaker));
            case "ASK" -> new Ask(NodeAddress.of(words[2], hostOfSpeaker));
            case "TRYAGAIN", "CLUSTERDOWN" -> new Later();
            default -> new None();
        };
    }
}
