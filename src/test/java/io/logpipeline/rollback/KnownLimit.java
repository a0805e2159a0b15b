package io.logpipeline.rollback;

import io.logpipeline.testing.Numbered;
import io.logpipeline.testing.Numbered.Fault;
import io.logpipeline.testing.Numbered.Finding;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * All that a fall-back of Redis may do to the promise, each as the README's limits state it. All
 * need a Redis that forgot even its own name: then a file older than that is taken for settled.
 */
enum KnownLimit {
    /** Fell back to a moment when only other producers had pushed: their events stand twice. */
    FOREIGN_EVENTS((finding, meeting) ->
            finding.fault() == Fault.DOUBLED && meeting.isOf(finding, RecordedLife.FOREIGN)),

    /** A half-written line whose event Redis forgot stays behind as a line of its own. */
    HALF_LINE((finding, meeting) ->
            finding.fault() == Fault.TORN
                    && meeting.photograph().torn().stream()
                            .anyMatch(user -> meeting.isOf(finding, user))),

    /** The idempotency keys are forgotten too: a retry is stored again. */
    RETRY((finding, meeting) ->
            finding.fault() == Fault.DOUBLED && meeting.isOf(finding, RecordedLife.KEYED));

    /**
     * A prefix of the commands, and the files that it meets.
     *
     * @param knowsItsName the prefix holds the store's id
     */
    record Meeting(
            AppendOnlyFile.Cut cut, Photograph photograph, Numbered users, boolean knowsItsName) {
        private boolean isOf(Finding finding, int user) {
            return finding.user().equals(users.user(user));
        }

        @Override
        public String toString() {
            return cut + " and the files of \"" + photograph.name() + "\"";
        }
    }

    private final BiPredicate<Finding, Meeting> covers;

    KnownLimit(BiPredicate<Finding, Meeting> covers) {
        this.covers = covers;
    }

    /** The limit that this is, if it is one. */
    static Optional<KnownLimit> of(Finding finding, Meeting meeting) {
        return meeting.knowsItsName()
                ? Optional.empty()
                : Arrays.stream(values())
                        .filter(limit -> limit.covers.test(finding, meeting))
                        .findFirst();
    }
}
