package io.logpipeline.faults;

/**
 * One fault at one step of a scenario.
 *
 * @param scenario what the process has to do
 * @param step a call's name, or {@code disk.}, a method of the disk's, {@code @} and what it is
 *     called on
 * @param occurrence the how manieth time that the step comes to this moment
 */
public record Point(String scenario, String step, Moment moment, int occurrence, Fault fault) {
    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return scenario + "/" + step + ":" + moment + ":" + occurrence + ":" + fault;
    }

    public static Point parse(String text) {
        int slash = text.indexOf('/');
        String[] parts = text.substring(slash + 1).split(":");
        return new Point(
                text.substring(0, slash),
                parts[0],
                Moment.valueOf(parts[1]),
                Integer.parseInt(parts[2]),
                Fault.valueOf(parts[3]));
    }

    public Point at(Moment otherMoment, int otherOccurrence) {
        return new Point(scenario, step, otherMoment, otherOccurrence, fault);
    }
}
