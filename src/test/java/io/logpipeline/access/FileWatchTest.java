package io.logpipeline.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logpipeline.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a changed file is taken up, and what is told of it. */
class FileWatchTest {
    private static final String OLD = "old-old-old-old-old";
    private static final String NEW = "new-new-new-new-new";

    @TempDir private Path directory;

    private final AccessLog log = new AccessLog();
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("tokens"), OLD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        log.open();
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void whatChangedIsTakenUpOnceItStandsStill() throws Exception {
        FileWatch<Tokens> watch = Tokens.in(file);
        List<Tokens> told = new ArrayList<>();
        watch.onChange(told::add);
        assertThat(watch.now().contain(OLD)).isTrue();

        Files.writeString(file, NEW);
        watch.look();
        assertThat(watch.now().contain(OLD)).as("may be half written").isTrue();
        watch.look();
        assertThat(watch.now().contain(OLD)).isFalse();
        assertThat(watch.now().contain(NEW)).isTrue();
        watch.look();
        assertThat(told).containsExactly(watch.now());
        assertThat(log.lines())
                .containsExactly(
                        "INFO Read bearer tokens tokens=1 names=none",
                        "INFO Read again bearer tokens tokens=1 names=none");
    }

    @Test
    void aFileThatChangesAtEveryLookIsNotTakenUp() throws Exception {
        FileWatch<Tokens> watch = Tokens.in(file);
        for (int i = 0; i < 3; i++) {
            Files.writeString(file, NEW + i);
            watch.look();
        }
        assertThat(watch.now().contain(OLD)).isTrue();
    }

    @Test
    void aChangeOfTheSameSizeAndTimeIsSeen() throws Exception {
        FileWatch<Tokens> watch = Tokens.in(file);
        var time = Files.getLastModifiedTime(file);
        Files.writeString(file, NEW);
        Files.setLastModifiedTime(file, time);
        watch.look();
        watch.look();
        assertThat(watch.now().contain(NEW)).isTrue();
    }

    /** As Kubernetes mounts a secret: the file is a link by way of ..data, which is replaced. */
    @Test
    void aLinkThatLeadsElsewhereIsFollowed() throws Exception {
        Path first = Files.createDirectory(directory.resolve("..first"));
        Path second = Files.createDirectory(directory.resolve("..second"));
        Files.writeString(first.resolve("mounted"), OLD);
        Files.writeString(second.resolve("mounted"), NEW);
        Path data = Files.createSymbolicLink(directory.resolve("..data"), first);
        Path mounted =
                Files.createSymbolicLink(
                        directory.resolve("mounted"), Path.of("..data", "mounted"));
        FileWatch<Tokens> watch = Tokens.in(mounted);
        assertThat(watch.now().contain(OLD)).isTrue();

        Path swap = Files.createSymbolicLink(directory.resolve("..swap"), second);
        Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE);
        watch.look();
        watch.look();
        assertThat(watch.now().contain(NEW)).isTrue();
        assertThat(watch.now().contain(OLD)).isFalse();
    }

    @Test
    void whatCannotBeUsedChangesNothingAndIsToldOnce() throws Exception {
        FileWatch<Tokens> watch = Tokens.in(file);
        Files.writeString(file, "s3cr3t");
        lookOften(watch);
        Files.delete(file);
        lookOften(watch);

        assertThat(watch.now().contain(OLD)).isTrue();
        assertThat(log.lines().subList(1, log.lines().size()))
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .startsWith("WARNING A changed file can't be used")
                                        .contains("tokens: line 1: expected"),
                        line -> assertThat(line).contains("is no file that this user can read"));
        assertThat(log.lines()).noneMatch(line -> line.contains("s3cr3t"));

        Files.writeString(file, NEW);
        lookOften(watch);
        assertThat(watch.now().contain(NEW)).isTrue();
    }

    @Test
    void whatCouldNotBeTakenUpIsTriedAgainAndToldOnce() throws Exception {
        FileWatch<Tokens> watch = Tokens.in(file);
        List<Tokens> told = new ArrayList<>();
        watch.onChange(tokens -> {
            told.add(tokens);
            if (told.size() < 3) {
                throw new IllegalStateException("not now");
            }
        });
        Files.writeString(file, NEW);
        for (int i = 0; i < 3; i++) {
            lookOften(watch);
        }

        assertThat(told).hasSize(3);
        assertThat(log.lines().subList(1, log.lines().size()))
                .containsExactly(
                        "SEVERE A changed file was not taken up",
                        "INFO Read again bearer tokens tokens=1 names=none");
    }

    private static void lookOften(FileWatch<Tokens> watch) {
        for (int i = 0; i < 4; i++) {
            watch.look();
        }
    }

    @Test
    void aFileThatEveryUserCanReadIsWarnedOf() throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        try (FileWatch<Tokens> watch = Tokens.in(file)) {
            assertThat(watch.now().contain(OLD)).isTrue();
        }
        assertThat(log.lines())
                .filteredOn(line -> line.startsWith("WARNING Every user"))
                .singleElement()
                .asString()
                .contains(file.toString());
    }

    @Test
    void whatIsNoFileOrTooLargeIsRefused() throws IOException {
        assertThatThrownBy(() -> Tokens.in(directory))
                .isInstanceOf(UnusableFile.class)
                .hasMessageContaining("is no file that this user can read");
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> Tokens.in(file)).hasMessageContaining("is larger than 1048576");
    }

    @Test
    void aWatchLooksByItself() throws Exception {
        try (FileWatch<Tokens> watch = Tokens.in(file)) {
            watch.start();
            Files.writeString(file, NEW);
            Await.until("it is taken up", () -> watch.now().contain(NEW));
        }
    }
}
