package io.logpipeline.rollback;

import io.logpipeline.testing.Numbered.Fault;
import io.logpipeline.testing.Numbered.Finding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs many cases, some at a time, each to its end, whatever the others come to. */
final class ManyCases {
    private static final int AT_ONCE = 4;

    /** Runs one and tells what is wrong in the end. */
    @FunctionalInterface
    interface Case<T> {
        List<Finding> run(T which) throws Exception;
    }

    /**
     * What they came to.
     *
     * @param problems each with its case
     */
    record Outcome(List<Fault> faults, List<String> problems) {
        @Override
        public String toString() {
            return "%d lost, %d doubled, %d torn"
                    .formatted(count(Fault.LOST), count(Fault.DOUBLED), count(Fault.TORN));
        }

        private long count(Fault fault) {
            return faults.stream().filter(fault::equals).count();
        }
    }

    private ManyCases() {}

    /**
     * Some of all, evenly, and those that belong to each build; all with {@code
     * -Dlogpipeline.chaos=true}; those whose text holds it with {@code -Dlogpipeline.case=...}.
     */
    static <T> List<T> sample(List<T> all, int size, List<T> always) {
        String only = System.getProperty("logpipeline.case");
        if (only != null) {
            return all.stream().filter(each -> each.toString().contains(only)).toList();
        }
        if (Boolean.getBoolean("logpipeline.chaos")) {
            return all;
        }
        Set<T> sample = new LinkedHashSet<>(always);
        for (int i = 0; i < size; i++) {
            sample.add(all.get(i * (all.size() - 1) / (size - 1)));
        }
        return List.copyOf(sample);
    }

    static <T> Outcome run(List<T> cases, Case<T> run) throws InterruptedException {
        List<Callable<List<Finding>>> tasks = new ArrayList<>();
        cases.forEach(which -> tasks.add(() -> run.run(which)));
        Outcome outcome = new Outcome(new ArrayList<>(), new ArrayList<>());
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<List<Finding>>> ends = threads.invokeAll(tasks);
            for (int i = 0; i < cases.size(); i++) {
                Future<List<Finding>> end = ends.get(i);
                if (end.state() == Future.State.FAILED) {
                    outcome.problems.add(cases.get(i) + ": " + withCauses(end.exceptionNow()));
                    continue;
                }
                for (Finding finding : end.resultNow()) {
                    outcome.faults.add(finding.fault());
                    outcome.problems.add(cases.get(i) + ": " + finding);
                }
            }
        }
        return outcome;
    }

    private static String withCauses(Throwable thrown) {
        StringBuilder text = new StringBuilder();
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            text.append(each).append('\n');
            for (StackTraceElement frame : each.getStackTrace()) {
                if (frame.getClassName().startsWith("io.logpipeline")) {
                    text.append("    ").append(frame).append('\n');
                }
            }
        }
        return text.toString();
    }
}
