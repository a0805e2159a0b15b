package io.logpipeline.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What the threads of a Java process are at, virtual ones too: for a failing test to say. */
public final class ProcessDump {
    private static final int LIMIT_SECONDS = 20;

    private ProcessDump() {}

    /** In words; what can't be had is said instead. */
    public static String of(long pid) {
        try {
            Path dump = Files.createTempDirectory("threads-").resolve("dump.txt");
            String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            Process process =
                    new ProcessBuilder(
                                    jcmd,
                                    Long.toString(pid),
                                    "Thread.dump_to_file",
                                    dump.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "no thread dump within " + LIMIT_SECONDS + " s\n";
            }
            return Files.readString(dump);
        } catch (IOException failure) {
            return "no thread dump: " + failure + "\n";
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return "no thread dump: interrupted\n";
        }
    }
}
