package io.logpipeline;

import io.logpipeline.faults.Conduct;
import io.logpipeline.faults.FaultingCalls;
import io.logpipeline.faults.FaultingDisk;
import io.logpipeline.file.NioDisk;
import java.nio.file.Path;

/** The entry point of a process that faults strike by order: {@link Conduct}. */
public final class FaultyMain {
    private FaultyMain() {}

    public static void main(String[] arguments) {
        Path answers = Path.of(System.getenv(Conduct.DIRECTORY_VARIABLE));
        Conduct conduct = new Conduct(answers).obeying();
        Main.start(
                new Pipeline.Seams(
                        new FaultingDisk(new NioDisk(), conduct),
                        calls -> new FaultingCalls(calls, conduct)),
                arguments);
    }
}
