package io.logpipeline.safeguards;

import java.util.List;

/** Of day files that are made before the first claims of their lists. */
final class NewFileSafeguards {
    static final List<Safeguard> ALL =
            List.of(
                    new Safeguard(
                            "look has a life",
                            "A list that was seen to wait long ago gets no file before its claim.",
                            "drain/NewFiles.java",
                            " && clock.since(lookedNanos).compareTo(LOOK_LIFE) < 0",
                            "",
                            "drain.IntakeTest#aLookThatTookLongMakesNoFile"),
                    new Safeguard(
                            "file of who is let to another store",
                            "A replica that was let to another store meanwhile makes nothing.",
                            "drain/NewFiles.java",
                            "if (admitted.equals(admission.get())",
                            "if (true",
                            "drain.NewFilesTest"
                                    + "#aReplicaThatIsAdmittedToAnotherStoreMeanwhileMakesNothing"),
                    new Safeguard(
                            "names of what was made",
                            "Only a force makes the names of new directories durable.",
                            "file/DayFiles.java",
                            "return forces.forceDirectoryNames();",
                            "return true;",
                            "drain.NewFilesTest"
                                + "#theNamesOfWhatComesTogetherAreForcedTogetherAndBeforeTheEvents"),
                    new Safeguard(
                            "names that could not be forced",
                            "What failed to be forced once is forced by the append.",
                            "drain/NewFiles.java",
                            "return areNamed(made) ? made : Map.of();",
                            "areNamed(made);\n        return made;",
                            "drain.NewFilesTest"
                                    + "#namesThatCouldNotBeForcedAreToldOfAndLeftToTheAppend"),
                    new Safeguard(
                            "file that is open is not made",
                            "Making a file opens and closes it, which would end its writer's lock.",
                            "file/DayFiles.java",
                            "if (!enter(userDay)) {\n            return Optional.empty();",
                            "if (!enter(userDay) && false) {\n            return Optional.empty();",
                            "file.DayFileLockTest#aFileThatIsOpenHereIsNotMade"),
                    new Safeguard(
                            "files of lists that wait",
                            "A list that is gone gets no empty file in the place of one that was"
                                    + " moved away.",
                            "drain/NewFiles.java",
                            "return claims.waiting(lists, admitted);",
                            "claims.waiting(lists, admitted);\n"
                                    + "            return Set.copyOf(lists);",
                            "drain.NewFilesTest#aListThatIsGoneGetsNoFile"),
                    new Safeguard(
                            "new file that fails is told",
                            "A disk that fails once as a file is made does so with a number and a"
                                    + " word.",
                            "drain/NewFiles.java",
                            "telemetry.drainFailed(problem.reason(), list, problem.details());",
                            "",
                            "drain.NewFilesTest#aDiskThatFailsOnceIsToldOf"),
                    new Safeguard(
                            "name of what was made again",
                            "A file that was removed and made again may look like that which was"
                                    + " made first.",
                            "drain/KeyDrain.java",
                            "                made = null;\n",
                            "",
                            "drain.NewFilesTest"
                                    + "#theNamesOfAFileThatWasRemovedAndMadeAgainAreForcedAgain"));

    private NewFileSafeguards() {}
}
