package io.logpipeline.safeguards;

import java.util.List;

/** Of the log directory as a volume of one Redis store. */
final class VolumeSafeguards {
    static final List<Safeguard> ALL =
            List.of(
                    new Safeguard(
                            "store id",
                            "Lines of a store that is gone are not taken for those of this one.",
                            "file/LogVolume.java",
                            "else if (!found.knows(storeId))",
                            "else if (false)",
                            "file.LogVolumeTest"),
                    new Safeguard(
                            "file older than the store",
                            "Nothing in it can be pending, so equal events are appended again.",
                            "file/LogVolume.java",
                            "olderThanAnyLedger || olderThanThisStore",
                            "olderThanAnyLedger",
                            "file.FirstPositionTest"),
                    new Safeguard(
                            "ledger life versus mtime",
                            "A file that no ledger can know any more is settled whole.",
                            "file/LogVolume.java",
                            "olderThanAnyLedger || olderThanThisStore",
                            "olderThanThisStore",
                            "file.FirstPositionTest"),
                    new Safeguard(
                            "file system's own clock",
                            "A file's age is not measured between two machines' clocks.",
                            "file/LogVolume.java",
                            "if (written.isPresent() && took",
                            "if (clock == null && written.isPresent() && took",
                            "file.FirstPositionTest"),
                    new Safeguard(
                            "lock of the dot file",
                            "Two processes that start together agree on one volume id.",
                            "file/LogVolume.java",
                            "awaitLock(lock);",
                            "",
                            "file.LogVolumeTest"),
                    new Safeguard(
                            "dot file is durable first",
                            "Power loss leaves no empty dot file in the place of a good one.",
                            "file/LogVolume.java",
                            "file.force();\n        } catch",
                            "} catch",
                            "file.LogVolumeTest"),
                    new Safeguard(
                            "dot file's entry is forced",
                            "Power loss does not bring the store of before back.",
                            "file/LogVolume.java",
                            "disk.forceDirectory(files.logDir);",
                            "",
                            "file.LogVolumeTest"),
                    new Safeguard(
                            "dot file of another",
                            "Its writer may have died before it forced the name: whoever finds it"
                                    + " does.",
                            "file/LogVolume.java",
                            "if (!found.equals(durable)) {",
                            "if (durable != null && !found.equals(durable)) {",
                            "file.LogVolumeTest#aDotFileWhoseWriterDidNotComeToForceItsNameIsForcedByWhoeverFindsIt"),
                    new Safeguard(
                            "time of a former store",
                            "A process that was stopped comes with the store before: each keeps its"
                                    + " time.",
                            "file/LogVolume.java",
                            "formerSince.isPresent() ? formerSince.get() : markerModified()",
                            "markerModified()",
                            "file.FirstPositionTest#aFormerStoreHasTheTimeThatItHad"),
                    new Safeguard(
                            "clock of a short probe",
                            "A probe that was stopped says nothing of the file system's clock.",
                            "file/LogVolume.java",
                            "took.compareTo(ledgerLife.dividedBy(60)) < 0",
                            "true",
                            "file.FirstPositionTest#aStopInTheMidstOfAProbeIsNotTakenForTheFileSystemsTime"),
                    new Safeguard(
                            "clock of the file system",
                            "No file's age is told before the file system's clock was read.",
                            "file/LogVolume.java",
                            "if (clock == null) {",
                            "if (false) {",
                            "file.FirstPositionTest#aDirectoryWhoseClockWasNotReadYetIsOfNoUse"),
                    new Safeguard(
                            "parents of the log directory",
                            "New directories survive power loss, whoever made them.",
                            "file/LogVolume.java",
                            "                forceParents();",
                            "",
                            "file.LogVolumeTest"),
                    new Safeguard(
                            "file of the moment of a note",
                            "What may be of the store before is not looked through for this one's.",
                            "file/LogVolume.java",
                            "!modified.isAfter(storeSince)",
                            "modified.isBefore(storeSince)",
                            "file.FirstPositionTest"),
                    new Safeguard(
                            "drains begin after the moment of the note",
                            "What this store's drainers write is younger than its note.",
                            "file/LogVolume.java",
                            "            awaitTimeAfter(storeSince, file, path);\n",
                            "",
                            "file.FirstPositionTest"));

    private VolumeSafeguards() {}
}
