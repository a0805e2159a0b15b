package io.logpipeline.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What came of calls that were made together, and in a cluster go to several masters. */
final class Answers {
    private Answers() {}

    /** All of them in this order, or the failure of one. */
    static <T> CompletionStage<List<T>> together(List<CompletionStage<T>> asked) {
        CompletionStage<List<T>> all = CompletableFuture.completedStage(new ArrayList<>());
        for (CompletionStage<T> each : asked) {
            all =
                    all.thenCombine(
                            each,
                            (before, answer) -> {
                                before.add(answer);
                                return before;
                            });
        }
        return all;
    }

    /**
     * Waits for all of them. In a cluster, those that a master does not answer are left out, unless
     * none does any: the others must not wait for it.
     */
    static <K> Map<K, Reply> await(RedisCalls calls, Map<K, CompletionStage<Reply>> asked)
            throws RedisFailure, InterruptedException {
        Map<K, Reply> answers = LinkedHashMap.newLinkedHashMap(asked.size());
        int failed = 0;
        for (Map.Entry<K, CompletionStage<Reply>> each : asked.entrySet()) {
            try {
                answers.put(each.getKey(), calls.await(each.getValue()));
            } catch (RedisFailure failure) {
                failed++;
                if (calls.topology() == Topology.ONE_SERVER || failed == asked.size()) {
                    throw failure;
                }
            }
        }
        return answers;
    }
}
