package io.logpipeline.safeguards;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** The production code with one safeguard taken out, as classes and scripts in a directory. */
final class Mutant {
    private static final Path ROOT = Path.of("io/logpipeline");

    /** The mutant is no program: the list is wrong, nothing was killed. */
    static final class DoesNotCompile extends Exception {
        private static final long serialVersionUID = 1;

        DoesNotCompile(String messages) {
            super(messages);
        }
    }

    private Mutant() {}

    /** Puts what differs from the production code into a directory. */
    static void make(Safeguard safeguard, Path directory) throws IOException, DoesNotCompile {
        if (safeguard.occurrences() != 1) {
            throw new DoesNotCompile(
                    "found " + safeguard.occurrences() + " times in " + safeguard.file());
        }
        Path changed = directory.resolve(ROOT).resolve(safeguard.file());
        Files.createDirectories(changed.getParent());
        Files.writeString(changed, safeguard.mutatedSource());
        if (safeguard.isJava()) {
            compile(changed, directory);
        }
    }

    private static void compile(Path source, Path directory) throws DoesNotCompile {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of(
                        "-classpath",
                        System.getProperty("java.class.path"),
                        "-d",
                        directory.toString(),
                        "-proc:none",
                        "-nowarn",
                        "-parameters");
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled =
                    compiler.getTask(
                                    messages,
                                    files,
                                    null,
                                    options,
                                    null,
                                    files.getJavaFileObjects(source))
                            .call();
            if (!compiled) {
                throw new DoesNotCompile(messages.toString());
            }
        } catch (IOException failure) {
            throw new DoesNotCompile(failure.toString());
        }
    }
}
