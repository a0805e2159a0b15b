package io.logpipeline.safeguards;

import java.util.List;

/** Of the file room. */
final class FileSafeguards {
    static final List<Safeguard> ALL =
            List.of(
                    new Safeguard(
                            "file lock",
                            "One process at a time verifies and writes a day file.",
                            "file/NioDisk.java",
                            "return channel.tryLock() != null;",
                            "return true;",
                            "file.DayFileLockTest#aFileHeldByAnotherProcessIsLeftAloneAfterTheTimeout"),
                    new Safeguard(
                            "one descriptor a process",
                            "A second descriptor of a file would end the first one's lock when it"
                                    + " closes.",
                            "file/DayFiles.java",
                            "return open.add(userDay);",
                            "return open.add(userDay) || true;",
                            "file.DayFileLockTest#aFileInTheHandsOfAnotherThreadIsLockedAtOnce"),
                    new Safeguard(
                            "one descriptor a process of two paths",
                            "Closing one does not end the other's lock.",
                            "file/DayFiles.java",
                            "return openFiles.add(file.identity());",
                            "return true;",
                            "file.DayFileLockTest#aFileThatAnotherPathLeadsToIsLockedAtOnce"),
                    new Safeguard(
                            "same file under the lock",
                            "A file that was written or lost its name while its lock was awaited is"
                                    + " left alone.",
                            "file/DayFileWriter.java",
                            "if (!sighting.stillHolds(disk.stat(path))) {",
                            "if (false) {",
                            "file.DayFileLockTest#aFileReplacedWhileItsLockWasAwaitedIsNotWritten"),
                    new Safeguard(
                            "no write past the end",
                            "A position past the end of the file would leave a gap of NULs.",
                            "file/DayFileWriter.java",
                            "return sizeBytes < position",
                            "return sizeBytes < 0",
                            "file.DayFileRecoveryTest"),
                    new Safeguard(
                            "untouched since the sighting",
                            "What was claimed may be settled once somebody wrote to the file.",
                            "file/Sighting.java",
                            "now.equals(file)",
                            "now.get().identity().equals(file.map(Disk.Stat::identity).orElse(null))",
                            "file.DayFileRecoveryTest",
                            "file.DayFileLockTest"),
                    new Safeguard(
                            "tail match",
                            "What is in the file already is not written again.",
                            "file/Tail.java",
                            "occurrences == null ? -1 : occurrences.nextEnd()",
                            "-1",
                            "file.DayFileRecoveryTest"),
                    new Safeguard(
                            "matched once",
                            "A line stands for one event; another that equals it is written.",
                            "file/Tail.java",
                            "ends[next++] : -1",
                            "ends[next] : -1",
                            "file.TailMatchTest"),
                    new Safeguard(
                            "position behind every match",
                            "No line that an element of the chunk was found in is looked at for the"
                                    + " next.",
                            "file/DayFileWriter.java",
                            "Math.max(lastMatchEnd, matchEnds[i])",
                            "matchEnds[i]",
                            "file.DayFileRecoveryTest#whatStandsInAnotherOrderIsFound"),
                    new Safeguard(
                            "rest of a line is no line",
                            "A tail that begins inside a line is not read as an element.",
                            "file/Tail.java",
                            "if (!insideLine) {",
                            "if (true) {",
                            "file.DayFileRecoveryTest"),
                    new Safeguard(
                            "NUL is torn",
                            "What a power loss left as NULs is no line.",
                            "file/Tail.java",
                            "if (b == 0) {",
                            "if (false) {",
                            "file.DayFileRecoveryTest"),
                    new Safeguard(
                            "tail cut",
                            "What follows a half-written line is not glued to it.",
                            "file/DayFileWriter.java",
                            "if (tail.end() < sizeBefore) {",
                            "if (false) {",
                            "file.DayFileRecoveryTest"),
                    new Safeguard(
                            "torn bytes are kept",
                            "What is cut off is saved beside the file.",
                            "file/DayFileWriter.java",
                            "new TornTail(files, buffer).save(file, path, tail.end(), sizeBefore);",
                            "",
                            "file.DayFileRecoveryTest"),
                    new Safeguard(
                            "torn bytes are durable",
                            "What is cut off is durable before the cut.",
                            "file/TornTail.java",
                            "files.forces.forceContent(saved, torn);",
                            "",
                            "file.AppendOrderTest"),
                    new Safeguard(
                            "cut is forced",
                            "Power loss does not keep new lines and forget the cut before them.",
                            "file/DayFileWriter.java",
                            "files.forces.forceContent(file, path);",
                            "",
                            "file.AppendOrderTest"),
                    new Safeguard(
                            "write-back before force",
                            "Lines that a failed force left only in the page cache are written"
                                    + " again.",
                            "file/DayFileWriter.java",
                            "rewrite(verifiedFrom, missing.isEmpty() ? lastMatchEnd : tail.end());",
                            "",
                            "file.AppendOrderTest"),
                    new Safeguard(
                            "force before commit",
                            "What Redis gives up is on the disk.",
                            "file/Forces.java",
                            "        forceContent(file, path);",
                            "",
                            "file.AppendOrderTest"),
                    new Safeguard(
                            "directory force",
                            "The entry of a new file is on the disk.",
                            "file/Forces.java",
                            "if (nameInDoubt) {",
                            "if (false) {",
                            "file.AppendOrderTest"),
                    new Safeguard(
                            "name of a directory",
                            "The entry of a new file's directory is on the disk.",
                            "file/Forces.java",
                            "if (!directoryNamed) {",
                            "if (false) {",
                            "file.AppendOrderTest"),
                    new Safeguard(
                            "name of another file's directory",
                            "What is known of a file that was made holds for no other.",
                            "file/Sighting.java",
                            "file.equals(Optional.of(named))",
                            "file.isPresent()",
                            "file.AppendOrderTest"),
                    new Safeguard(
                            "name of a directory of another file system",
                            "The sync of all does not reach what a link leads to.",
                            "file/Forces.java",
                            "            if (!directoryNamed) {\n                force(logDir,"
                                    + " logDirNames::await);",
                            "            if (!directoryNamed) {\n"
                                    + "                forceDirectoryNames();",
                            "file.FileSystemSyncTest#aFileOnAnotherFileSystemIsForcedByItself"),
                    new Safeguard(
                            "entry of an unsettled file",
                            "The entry of a file that a dead process made is forced by whoever goes"
                                    + " on.",
                            "file/DayFileWriter.java",
                            " || !tail.isEmpty(),",
                            ",",
                            "file.AppendOrderTest"),
                    new Safeguard(
                            "entry of a file without lines",
                            "A dead process' empty file is as new.",
                            "file/DayFileWriter.java",
                            "entryInDoubt || verifiedFrom == 0 ||",
                            "entryInDoubt ||",
                            "file.AppendOrderTest"),
                    new Safeguard(
                            "entry of a file no ledger knows",
                            "A ledger that begins does not trust the file's entry.",
                            "file/DayFileWriter.java",
                            "position == sighting.firstPosition()",
                            "false",
                            "file.AppendOrderTest"),
                    new Safeguard(
                            "fail-stop after a failed force",
                            "A second force would report success for pages that are lost.",
                            "file/Forces.java",
                            "throw failStop.forceFailed(path, failure);",
                            "throw failure;",
                            "file.DiskFaultsTest"),
                    new Safeguard(
                            "name of torn bytes is durable",
                            "What is cut off is found again after power loss.",
                            "file/TornTail.java",
                            "files.forces.forceNames(Forces.parent(torn));",
                            "",
                            "file.AppendOrderTest"),
                    new Safeguard(
                            "sync before commit",
                            "What Redis gives up is on the disk, when all is synced together.",
                            "file/DayFileWriter.java",
                            "files.forces.syncAll();",
                            "",
                            "file.FileSystemSyncTest"),
                    new Safeguard(
                            "descriptor before the write",
                            "A sync tells of writes that failed after its descriptor was opened.",
                            "file/DayFileWriter.java",
                            "files.forces.prepare();\n        Optional<Disk.Stat> before",
                            "Optional<Disk.Stat> before",
                            "file.FileSystemSyncTest"),
                    new Safeguard(
                            "file of another file system",
                            "A sync does not cover what a link leads to.",
                            "file/Forces.java",
                            "together != null && together.fileSystem.holds(path)",
                            "together != null",
                            "file.FileSystemSyncTest"),
                    new Safeguard(
                            "device of the file",
                            "Whether a file lies on the synced file system is its device's matter.",
                            "file/LinuxFileSystem.java",
                            "return device.equals(Files.getAttribute(path, DEVICE));",
                            "return true;",
                            "file.NioDiskTest"),
                    new Safeguard(
                            "failed syncfs is told",
                            "A sync that failed passes for none that succeeded.",
                            "file/LinuxFileSystem.java",
                            "if (result != 0) {",
                            "if (false) {",
                            "file.NioDiskTest"),
                    new Safeguard(
                            "sync begins after the write",
                            "Who comes in the midst of a force is not told by it.",
                            "file/SharedForce.java",
                            "            synchronized (this) {\n"
                                    + "                gathering = null;\n"
                                    + "            }\n"
                                    + "            if (failure != null) {\n"
                                    + "                throw new IOException(\"an earlier force"
                                    + " failed\", failure);\n"
                                    + "            }\n"
                                    + "            force();\n",
                            "            if (failure != null) {\n"
                                    + "                throw new IOException(\"an earlier force"
                                    + " failed\", failure);\n"
                                    + "            }\n"
                                    + "            force();\n"
                                    + "            synchronized (this) {\n"
                                    + "                gathering = null;\n"
                                    + "            }\n",
                            "file.SharedForceTest#whoComesInTheMidstOfAForceIsToldByTheNextOne"),
                    new Safeguard(
                            "one sync at a time",
                            "Of two syncs over one descriptor only one is told what failed.",
                            "file/SharedForce.java",
                            "turn = new ReentrantLock();",
                            "turn = new ReentrantLock() {\n"
                                    + "        public void lock() {}\n"
                                    + "        public void unlock() {}\n"
                                    + "    };",
                            "file.SharedForceTest#whoComesInTheMidstOfAForceIsToldByTheNextOne"),
                    new Safeguard(
                            "no success after a failed sync",
                            "Linux reports a failed write once: a second sync would succeed.",
                            "file/SharedForce.java",
                            "failure = failed;",
                            "",
                            "file.SharedForceTest#afterAFailureNobodyIsToldOfSuccess"),
                    new Safeguard(
                            "cut back after a failed write",
                            "A full disk leaves the file as it was.",
                            "file/DayFileWriter.java",
                            "cutBack(file, tail.end(), failure);",
                            "",
                            "file.DiskFaultsTest"),
                    new Safeguard(
                            "cut back of torn bytes",
                            "A full disk leaves what was saved as it was.",
                            "file/TornTail.java",
                            "DayFileWriter.cutBack(saved, savedBefore, failure);",
                            "",
                            "file.DiskFaultsTest"),
                    new Safeguard(
                            "short writes go on",
                            "A write that takes less than all of it is continued.",
                            "file/DayFileWriter.java",
                            "while (source.hasRemaining()) {",
                            "if (source.hasRemaining()) {",
                            "file.DiskFaultsTest"),
                    new Safeguard(
                            "position stops at the last match",
                            "Whole lines behind it may be the next batch's.",
                            "file/DayFileWriter.java",
                            "missing.isEmpty() ? lastMatchEnd : end,",
                            "end,",
                            "file.DayFileRecoveryTest"),
                    new Safeguard(
                            "line of others is ended first",
                            "What is appended is not glued to a line without its line feed.",
                            "file/DayFileWriter.java",
                            "if (breakFirst) {",
                            "if (false) {",
                            "file.DayFileRecoveryTest"),
                    new Safeguard(
                            "line break is escaped",
                            "An element with a line break takes one line.",
                            "file/Line.java",
                            "if (b == '\\n' || b == '\\r' ||",
                            "if (",
                            "file.DayFileAppendTest"),
                    new Safeguard(
                            "NUL is escaped",
                            "An element with a NUL is not taken for a torn write.",
                            "file/Line.java",
                            " || b == 0) {",
                            ") {",
                            "file.DayFileRecoveryTest#anElementWithANulIsNotTakenForATornWrite"));

    private FileSafeguards() {}
}
