package io.logpipeline;

/** The one entry point. */
public final class Main {
    private Main() {}

    /** Starts the role named by the first argument. */
    public static void main(String[] arguments) {
        System.out.println("log-pipeline " + String.join(" ", arguments));
    }
}
