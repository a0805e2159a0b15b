package io.logpipeline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.logpipeline.faults.Fault;
import io.logpipeline.faults.Point;
import io.logpipeline.file.Disk;
import io.logpipeline.redis.RedisCalls;
import io.logpipeline.redis.Script;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A step added without a point fails the build. That each point's fault struck, its run proves. */
class MatrixCoversEveryStepTest {
    /** No effects of their own: sending is part of the call, and a reply is awaited in memory. */
    private static final Set<String> NO_STEPS = Set.of("close", "topology", "timeout", "await");

    private static Set<String> steps() {
        return Matrix.all().stream()
                .map(row -> row.step().replaceAll("@.*", ""))
                .collect(Collectors.toSet());
    }

    private static Set<String> methods(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyScriptIsStruck() {
        assertThat(steps()).containsAll(Arrays.stream(Script.values()).map(Enum::name).toList());
    }

    @Test
    void everyOtherCallToRedisIsStruck() {
        Set<String> calls = methods(RedisCalls.class);
        calls.removeAll(NO_STEPS);
        calls.remove("run");
        assertThat(steps())
                .containsAll(calls.stream().map(MatrixCoversEveryStepTest::upper).toList());
    }

    private static String upper(String method) {
        return method.toUpperCase(Locale.ROOT);
    }

    @Test
    void everyMethodOfTheDiskIsStruck() {
        Set<String> methods = methods(Disk.class);
        methods.addAll(methods(Disk.OpenFile.class));
        assertThat(steps()).containsAll(methods.stream().map(method -> "disk." + method).toList());
    }

    @Test
    void everyFaultStrikesAndEveryScenarioIsPlayed() {
        Set<Fault> faults = Matrix.points().stream().map(Point::fault).collect(Collectors.toSet());
        Set<Scenario> scenarios =
                Matrix.all().stream().map(Row::scenario).collect(Collectors.toSet());
        assertThat(faults).containsExactlyInAnyOrder(Fault.values());
        assertThat(scenarios).containsExactlyInAnyOrder(Scenario.values());
    }

    @Test
    void aPointIsReadAsItIsWritten() {
        assertThat(Matrix.points())
                .allSatisfy(point -> {
                    assertThat(Point.parse(point.toString())).isEqualTo(point);
                    assertThat(Matrix.rowOf(point).step()).isEqualTo(point.step());
                });
    }

    @Test
    void eachBuildStrikesEveryStepAndNoPointIsThereTwice() {
        assertThat(Matrix.points()).doesNotHaveDuplicates();
        assertThat(Matrix.points()).containsAll(Matrix.distinctPoints());
        assertThat(Matrix.distinctPoints().stream().map(Point::step).distinct())
                .hasSameElementsAs(Matrix.all().stream().map(Row::step).distinct().toList());
    }
}
