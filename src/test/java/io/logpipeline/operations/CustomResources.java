package io.logpipeline.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The fields of the custom resources that the manifests use, read off the types of the npm packages
 * {@code @kubernetes-models/keda} 2.0.0, {@code prometheus-operator} 6.0.0 and {@code gateway-api}
 * 2.0.0, which are generated from the projects' own Go types.
 *
 * <p>{@code custom-resources.json}: {@code fields} of an object, a required one's name with {@code
 * !}; {@code items} of a list; {@code values} of a map; {@code enum}; else a word for the type.
 */
final class CustomResources {
    private static final JsonNode ALL = load();

    private CustomResources() {}

    private static JsonNode load() {
        try (InputStream in = CustomResources.class.getResourceAsStream("custom-resources.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    static boolean known(String apiVersionAndKind) {
        return ALL.has(apiVersionAndKind);
    }

    /** What a cluster would refuse, or drop without a word. */
    static List<String> problems(String apiVersionAndKind, JsonNode resource) {
        List<String> problems = new ArrayList<>();
        JsonNode type = ALL.get(apiVersionAndKind);
        object(
                "",
                type.get("fields"),
                resource,
                problems,
                List.of("apiVersion", "kind", "metadata"));
        return problems;
    }

    private static void check(String at, JsonNode type, JsonNode value, List<String> problems) {
        if (type.has("fields")) {
            if (require(value.isObject(), at, "an object", problems)) {
                object(at, type.get("fields"), value, problems, List.of());
            }
        } else if (type.has("items")) {
            if (require(value.isArray(), at, "a list", problems)) {
                for (int i = 0; i < value.size(); i++) {
                    check(at + "[" + i + "]", type.get("items"), value.get(i), problems);
                }
            }
        } else if (type.has("values")) {
            if (require(value.isObject(), at, "a map", problems)) {
                value.properties()
                        .forEach(entry ->
                                check(
                                        at + "." + entry.getKey(),
                                        type.get("values"),
                                        entry.getValue(),
                                        problems));
            }
        } else if (type.has("enum")) {
            boolean one = false;
            for (JsonNode each : type.get("enum")) {
                one |= each.equals(value);
            }
            require(one, at, "one of " + type.get("enum"), problems);
        } else {
            require(isOf(type.asText(), value), at, "a " + type.asText(), problems);
        }
    }

    private static boolean isOf(String types, JsonNode value) {
        for (String type : types.split("\\|")) {
            boolean fits =
                    switch (type) {
                        case "any" -> true;
                        case "string" -> value.isTextual();
                        case "number" -> value.isNumber();
                        case "boolean" -> value.isBoolean();
                        default -> throw new IllegalStateException("a type named " + type);
                    };
            if (fits) {
                return true;
            }
        }
        return false;
    }

    private static void object(
            String at, JsonNode fields, JsonNode value, List<String> problems, List<String> also) {
        value.properties()
                .forEach(entry -> {
                    String name = entry.getKey();
                    JsonNode type = fields.has(name) ? fields.get(name) : fields.get(name + "!");
                    if (type != null) {
                        check(at + "." + name, type, entry.getValue(), problems);
                    } else if (!also.contains(name)) {
                        problems.add(at + "." + name + ": unknown field");
                    }
                });
        fields.fieldNames()
                .forEachRemaining(name -> {
                    if (name.endsWith("!") && !value.has(name.substring(0, name.length() - 1))) {
                        problems.add(at + "." + name + ": missing");
                    }
                });
    }

    private static boolean require(
            boolean holds, String at, String expected, List<String> problems) {
        if (!holds) {
            problems.add(at + ": expected " + expected);
        }
        return holds;
    }
}
