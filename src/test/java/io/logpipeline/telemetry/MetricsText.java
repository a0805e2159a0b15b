package io.logpipeline.telemetry;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code /metrics} printed, taken apart by hand: a second reading of the format. */
record MetricsText(Map<String, String> types, List<Sample> samples) {
    record Sample(String name, Map<String, String> labels, double value) {}

    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    static MetricsText parse(String text) {
        Map<String, String> types = new TreeMap<>();
        for (String line : text.lines().filter(line -> line.startsWith("# TYPE ")).toList()) {
            String[] words = line.split(" ");
            types.put(words[2], words[3]);
        }
        List<Sample> samples =
                text.lines()
                        .filter(line -> !line.startsWith("#") && !line.isBlank())
                        .map(MetricsText::sample)
                        .toList();
        return new MetricsText(types, samples);
    }

    private static Sample sample(String line) {
        Matcher matcher = SAMPLE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a sample: " + line);
        }
        Map<String, String> labels = new TreeMap<>();
        if (matcher.group(2) != null) {
            LABEL.matcher(matcher.group(2))
                    .results()
                    .forEach(l -> labels.put(l.group(1), l.group(2)));
        }
        return new Sample(matcher.group(1), labels, Double.parseDouble(matcher.group(3)));
    }

    List<Sample> named(String name) {
        return samples.stream().filter(sample -> sample.name().equals(name)).toList();
    }

    double value(String name) {
        return named(name).getFirst().value();
    }

    double value(String name, String label, String labelValue) {
        return named(name).stream()
                .filter(sample -> labelValue.equals(sample.labels().get(label)))
                .findFirst()
                .orElseThrow()
                .value();
    }
}
