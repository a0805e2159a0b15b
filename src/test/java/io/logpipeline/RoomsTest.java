package io.logpipeline;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The walls between the rooms, as {@code package-info.java} of each room states them. */
class RoomsTest {
    private static final String ROOT = "io.logpipeline";
    private static final JavaClasses PRODUCTION =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(ROOT);

    private static void roomImportsOnly(String room, String... others) {
        String[] allowed = new String[others.length + 1];
        allowed[0] = ROOT + "." + room + "..";
        for (int i = 0; i < others.length; i++) {
            allowed[i + 1] = ROOT + "." + others[i] + "..";
        }
        DescribedPredicate<JavaClass> ours = JavaClass.Predicates.resideInAPackage(ROOT + "..");
        classes()
                .that()
                .resideInAPackage(ROOT + "." + room + "..")
                .should()
                .onlyDependOnClassesThat(
                        DescribedPredicate.not(ours)
                                .or(JavaClass.Predicates.resideInAnyPackage(allowed)))
                .check(PRODUCTION);
    }

    @Test
    void eventStandsAlone() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".event..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(ROOT + ".event..", "java..", "jakarta.json..", "org.jspecify..")
                .check(PRODUCTION);
    }

    @Test
    void telemetryImportsOnlyEvent() {
        roomImportsOnly("telemetry", "event");
    }

    @Test
    void redisImportsOnlyEventAndTelemetry() {
        roomImportsOnly("redis", "event", "telemetry");
    }

    @Test
    void fileImportsOnlyEventAndTelemetry() {
        roomImportsOnly("file", "event", "telemetry");
    }

    @Test
    void accessStandsAlone() {
        roomImportsOnly("access");
    }

    @Test
    void apiNeverSeesFilesOrTheDrain() {
        roomImportsOnly("api", "access", "event", "redis", "telemetry");
    }

    @Test
    void drainNeverSeesTheApi() {
        roomImportsOnly("drain", "event", "redis", "file", "telemetry");
    }

    @Test
    void pageSeesNeitherFilesNorTheDrain() {
        roomImportsOnly("page", "api", "redis", "telemetry");
    }

    @Test
    void onlyTheRedisRoomImportsLettuceAndNetty() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".redis..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.lettuce..", "io.netty..")
                .check(PRODUCTION);
    }

    /** The access room reads the files that say who may post. */
    @Test
    void onlyTheFileRoomAndTheAccessRoomOpenFiles() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + ".event..",
                        ROOT + ".api..",
                        ROOT + ".redis..",
                        ROOT + ".drain..",
                        ROOT + ".page..",
                        ROOT + ".telemetry..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Files.class, FileChannel.class, File.class)
                .check(PRODUCTION);
    }

    @Test
    void roomsFormNoCycle() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(PRODUCTION);
    }
}
