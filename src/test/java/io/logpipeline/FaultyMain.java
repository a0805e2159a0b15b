package io.logpipeline;

import io.logpipeline.faults.FaultPlan;
import io.logpipeline.faults.FaultingCalls;
import io.logpipeline.faults.FaultingDisk;
import io.logpipeline.file.NioDisk;

/** The entry point of a process with one fault in it, planned by the variable {@code FAULT}. */
final class FaultyMain {
    private FaultyMain() {}

    public static void main(String[] arguments) {
        FaultPlan plan = FaultPlan.parse(System.getenv("FAULT"));
        Main.start(
                new Pipeline.Seams(
                        new FaultingDisk(new NioDisk(), plan),
                        calls -> new FaultingCalls(calls, plan)),
                arguments);
    }
}
