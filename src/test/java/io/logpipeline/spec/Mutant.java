package io.logpipeline.spec;

/**
 * A change of the protocol: a safeguard that is left out, or, the last three, one that is added.
 */
enum Mutant {
    NO_FILE_LOCK,
    NO_BATCH_ID_IN_COMMIT,
    NO_POSITION_IN_COMMIT,

    /** Instead of a new id for each chunk. */
    ONE_ID_FOR_THE_WHOLE_BATCH,
    NO_TAIL_MATCH,
    NO_TAIL_CUT,
    NO_FORCE_AFTER_CUT,

    /** Also when whole lines of a later batch stand behind the last match. */
    POSITION_IS_FILE_SIZE,

    /** Instead of the size under the lock. */
    WRITE_AT_REMEMBERED_SIZE,
    COMMIT_BEFORE_FORCE,

    /** After a failed force the page cache shows lines that the disk does not hold. */
    NO_WRITE_BACK,

    /** A failed force is tried again, and then reports that all is well. */
    NO_FAIL_STOP,
    NO_DIRECTORY_FORCE,
    BATCH_WITHOUT_PERSIST,

    /** Also of one that is not the claimed one any more. */
    READ_AHEAD_OF_ANY_BATCH,

    /** What a failed write left is not only cut: the cut is forced. */
    FORCE_AFTER_CUT_BACK,

    /** The file's size is forced before anything is written behind it. */
    FORCE_BEFORE_WRITE,

    /** A ledger without a position starts at 0, however old the file is. */
    FIRST_POSITION_IS_ZERO
}
