package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.Transformer;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For every law of steps a step that breaks it, and is caught. */
class StepLawsTest {
    /** The part under test at this moment. */
    private static StepProvider subject;

    static class Suite implements StepContract {
        @Override
        public StepProvider provider() {
            return subject;
        }
    }

    private static Sabotage<StepProvider> centre(String law, BiFunction<Schema, Long, Centre> make) {
        return new Sabotage<>(law, new CentreProvider() {
            @Override
            Centre make(Schema schema, Params params) {
                return make.apply(schema, params.get(WARM_UP));
            }
        });
    }

    static List<Sabotage<StepProvider>> steps() {
        List<Sabotage<StepProvider>> all = new ArrayList<>();
        for (String law : List.of(
                "undoTakesBackPartialFitTransform",
                "undoTakesBackPartialFit",
                "refusingLearnerBehindTheStepChangesNothing")) {
            all.add(centre(law, (schema, warmUp) -> new Centre(schema, warmUp) {
                @Override
                public void undo() {
                    double kept = sums[0];
                    super.undo();
                    // Takes off what was added: not the same to the bit.
                    sums[0] = kept - (kept - sums[0]) * (1 + 1e-12);
                }
            }));
            all.add(centre(law, (schema, warmUp) -> new Centre(schema, warmUp) {
                @Override
                public void undo() {
                    long seen = rows;
                    super.undo();
                    rows = seen;
                }
            }));
        }
        all.add(centre("undoTakesBackPartialFit", (schema, warmUp) -> new Centre(schema, warmUp) {
            private boolean transformed;

            @Override
            public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
                super.partialFitTransform(chunk, out);
                transformed = true;
            }

            @Override
            public void partialFit(Chunk chunk) {
                super.partialFit(chunk);
                transformed = false;
            }

            @Override
            public void undo() {
                if (transformed) {
                    super.undo();
                }
            }
        }));
        all.add(centre("partialFitAndPartialFitTransformLearnTheSame", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
                super.partialFitTransform(chunk, out);
                sums[0] *= 1 + 1e-15;
            }
        }));
        all.add(centre("outputSchemaIsFixedFromTheStart", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            public Schema outputSchema() {
                return rows == 0 ? schema : Trial.wider(schema);
            }
        }));
        all.add(centre("outputSchemaIsFixedFromTheStart", (schema, warmUp) -> new Centre(schema, warmUp) {
            private final Schema out = Schema.numeric(schema.width(), Target.none());

            @Override
            public Schema outputSchema() {
                return out;
            }
        }));
        all.add(centre("handedOnRowsDoNotDependOnChunking", (schema, warmUp) -> new Centre(schema, warmUp) {
            private Chunk whole;

            @Override
            public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
                whole = chunk;
                super.partialFitTransform(chunk, out);
            }

            @Override
            void put(Chunk chunk, int row, ChunkBuffer out) {
                if (whole.rows() != 7 || row > 0) {
                    super.put(chunk, row, out);
                }
            }
        }));
        all.add(centre("handedOnRowsDoNotDependOnChunking", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            void put(Chunk chunk, int row, ChunkBuffer out) {
                // By what is known from the chunk's first row alone.
                Moved.put(chunk, row, out, Rows.cells(chunk, 0), 1);
            }
        }));
        all.add(centre("rowIsTransformedByWhatIsKnownAfterIt", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            void put(Chunk chunk, int row, ChunkBuffer out) {
                Moved.put(chunk, row, out, sums, weight + 1);
            }
        }));
        all.add(centre("targetsWeightsAndClassesArePassedOn", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            void passOn(Chunk chunk, ChunkBuffer out) {
                super.passOn(chunk, out);
                out.classes(List.of());
            }
        }));
        all.add(centre("targetsWeightsAndClassesArePassedOn", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            void put(Chunk chunk, int row, ChunkBuffer out) {
                out.beginRow();
                out.target(chunk.hasTargets() ? chunk.target(row) : Double.NaN);
                out.endRow();
            }
        }));
        all.add(transformer(
                "targetsWeightsAndClassesArePassedOn",
                (schema, step) -> new Centre.Moved(schema, step.sums, step.weight) {
                    @Override
                    public void transform(Chunk chunk, ChunkBuffer out) {
                        super.transform(chunk, out);
                        out.clear();
                        for (int row = 0; row < chunk.rows(); row++) {
                            out.beginRow();
                            out.endRow();
                        }
                    }
                }));
        all.add(transformer("outIsClearedFirst", (schema, step) -> new Centre.Moved(schema, step.sums, step.weight) {
            @Override
            public void transform(Chunk chunk, ChunkBuffer out) {
                for (int row = 0; row < chunk.rows(); row++) {
                    put(chunk, row, out, step.sums, step.weight);
                }
            }
        }));
        all.add(centre("outIsClearedFirst", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
                if (chunk.rows() == 0) {
                    partialFit(chunk);
                } else {
                    super.partialFitTransform(chunk, out);
                }
            }
        }));
        all.add(centre("refusedPartialFitTransformChangesNothing", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
                try {
                    super.partialFitTransform(chunk, out);
                } catch (AccreteException e) {
                    rows += e.chunkRow().orElse(0);
                    throw e;
                }
            }
        }));
        all.add(centre("chunkWithoutRowsHandsOnNothing", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
                super.partialFitTransform(chunk, out);
                if (chunk.rows() == 0) {
                    out.beginRow();
                    out.endRow();
                }
            }
        }));
        all.add(centre("handedOnRowsAreCopies", (schema, warmUp) -> new Centre(schema, warmUp) {
            private double[] mine = {};

            @Override
            public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
                super.partialFitTransform(chunk, out);
                if (chunk instanceof DenseChunk dense) {
                    // Scales in place.
                    mine = dense.values();
                    mine[0]++;
                }
            }
        }));
        all.add(centre("handedOnRowsAreFinite", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            void put(Chunk chunk, int row, ChunkBuffer out) {
                // Divides by a deviation that is 0 at the first row.
                Moved.put(chunk, row, out, sums, rows == 1 ? Double.MIN_VALUE : weight);
            }
        }));
        return all;
    }

    private static Sabotage<StepProvider> transformer(String law, BiFunction<Schema, Centre, Transformer> make) {
        return centre(law, (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            public Transformer snapshot() {
                return make.apply(schema, this);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("steps")
    void stepThatBreaksALawIsCaught(Sabotage<StepProvider> sabotage) {
        subject = sabotage.part();
        sabotage.isCaughtBy(Suite.class);
    }

    @Test
    void everyLawIsBrokenBySomebody() {
        Set<String> broken = new TreeSet<>();
        steps().forEach(sabotage -> broken.add(sabotage.law()));
        assertThat(broken).isEqualTo(Sabotage.laws(StepContract.class));
    }
}
