package io.logpipeline.safeguards;

/**
 * What became of a run of killers.
 *
 * @param tests how many ran
 * @param failed how many of them failed
 * @param firstFailed {@code Class.method}, empty when none failed
 * @param error why the run says nothing: no test ran, or the mutant is no program; empty when it
 *     ran
 */
record Verdict(long tests, long failed, String firstFailed, String error) {
    static Verdict error(String error) {
        return new Verdict(0, 0, "", error.lines().findFirst().orElse("").replace('\t', ' '));
    }

    boolean killed() {
        return error.isEmpty() && failed > 0;
    }

    boolean green() {
        return error.isEmpty() && failed == 0 && tests > 0;
    }

    String line() {
        return String.join("\t", "" + tests, "" + failed, firstFailed, error);
    }

    static Verdict ofLine(String line) {
        String[] parts = line.split("\t", -1);
        return new Verdict(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2], parts[3]);
    }

    @Override
    public String toString() {
        if (!error.isEmpty()) {
            return "ERROR: " + error;
        }
        return failed == 0
                ? "SURVIVED " + tests + " tests"
                : "killed by " + firstFailed + " (" + failed + " of " + tests + " tests failed)";
    }
}
