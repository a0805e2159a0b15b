package io.logpipeline.crash;

import io.logpipeline.faults.Fault;
import io.logpipeline.faults.Point;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What came of all runs, for the one line and the table at the end. */
final class Tally {
    private static final class Row {
        int runs;
        int lost;
        int doubled;
        int torn;
    }

    private final Map<Fault, Row> rows = new EnumMap<>(Fault.class);
    private final List<String> problems = new ArrayList<>();
    private final Set<String> points = new TreeSet<>();
    private final Set<String> steps = new TreeSet<>();
    private final Set<Long> seeds = new TreeSet<>();

    synchronized void add(Point point, long seed, Verdict verdict) {
        points.add(point.toString());
        seeds.add(seed);
        Row row = rows.computeIfAbsent(point.fault(), absent -> new Row());
        row.runs++;
        row.lost += verdict.lost();
        row.doubled += verdict.doubled();
        row.torn += verdict.torn();
        if (!verdict.isClean()) {
            addProblem(
                    "-Dlogpipeline.fault=" + point + " -Dlogpipeline.seed=" + seed + " " + verdict);
        }
    }

    synchronized void addLane(Verdict end, Set<String> seen) {
        steps.addAll(seen);
        if (!end.isClean()) {
            addProblem("at the end of a lane: " + end);
        }
    }

    /** Told at once: a run may be long. */
    synchronized void addProblem(String problem) {
        problems.add(problem);
        System.out.println("CrashMatrixIT: " + problem);
    }

    synchronized List<String> problems() {
        return List.copyOf(problems);
    }

    /** Every step that any process came to. */
    synchronized Set<String> steps() {
        return new TreeSet<>(steps);
    }

    synchronized String report(Duration took) {
        Row all = new Row();
        StringBuilder table =
                new StringBuilder(
                        "| fault | runs | lost | doubled | torn |\n|---|--:|--:|--:|--:|");
        rows.forEach((fault, row) -> {
            table.append("\n| ").append(fault).append(cells(row));
            all.runs += row.runs;
            all.lost += row.lost;
            all.doubled += row.doubled;
            all.torn += row.torn;
        });
        return String.format(
                "CrashMatrixIT: %d points, %d runs, %d seeds, %d lost, %d doubled, %d torn,"
                        + " %d problems, %d s%n%s",
                points.size(),
                all.runs,
                seeds.size(),
                all.lost,
                all.doubled,
                all.torn,
                problems.size(),
                took.toSeconds(),
                table);
    }

    private static String cells(Row row) {
        return " | " + row.runs + " | " + row.lost + " | " + row.doubled + " | " + row.torn + " |";
    }
}
