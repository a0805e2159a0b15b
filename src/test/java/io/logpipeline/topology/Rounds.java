package io.logpipeline.topology;

/** How often something is done to a cluster, or to what Sentinels watch. */
final class Rounds {
    private Rounds() {}

    /**
     * @param inEachBuild as it says
     * @param atLength with {@code -Dlogpipeline.chaos=true}
     */
    static int of(int inEachBuild, int atLength) {
        return Boolean.getBoolean("logpipeline.chaos") ? atLength : inEachBuild;
    }
}
