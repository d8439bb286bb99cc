package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.withExtraColumn;
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
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.Transformer;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each law of steps fails for a step that breaks it. */
class StepLawsTest {
    /** The plug-in that the suite tests now. */
    private static StepProvider subject;

    static class Suite implements StepContract {
        @Override
        public StepProvider provider() {
            return subject;
        }
    }

    private static Mutant<StepProvider> centre(String law, BiFunction<Schema, Long, Centre> make) {
        return new Mutant<>(law, new CentreProvider() {
            @Override
            Centre make(Schema schema, Params params) {
                return make.apply(schema, params.get(WARM_UP));
            }
        });
    }

    static List<Mutant<StepProvider>> steps() {
        List<Mutant<StepProvider>> all = new ArrayList<>();
        for (String law : List.of(
                "undoRevertsPartialFitTransform",
                "undoRevertsPartialFit",
                "refusingLearnerBehindTheStepChangesNothing")) {
            all.add(centre(law, (schema, warmUp) -> new Centre(schema, warmUp) {
                @Override
                public void undo() {
                    double kept = sums[0];
                    super.undo();
                    // Subtracts what was added, which does not restore every bit.
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
        all.add(centre("undoRevertsPartialFit", (schema, warmUp) -> new Centre(schema, warmUp) {
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
        all.add(centre("contributionsAreCarriedBackWhole", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            public Transformer snapshot() {
                return new Centered(schema, sums.clone(), rows) {
                    @Override
                    public void carryBack(Chunk chunk, int row, Contributions outputs, Contributions inputs) {
                        super.carryBack(chunk, row, outputs, inputs);
                        inputs.clear(outputs.base());
                        // Forgets all but the first.
                        inputs.add(outputs.column(0), outputs.amount(0));
                    }
                };
            }
        }));
        all.add(centre("partialFitAndPartialFitTransformLearnTheSame", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
                super.partialFitTransform(chunk, out);
                sums[0] *= 1 + 1e-12;
            }
        }));
        all.add(centre("outputSchemaIsFixedFromTheStart", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            public Schema outputSchema() {
                return rows == 0 ? schema : withExtraColumn(schema);
            }
        }));
        all.add(centre("outputSchemaIsFixedFromTheStart", (schema, warmUp) -> new Centre(schema, warmUp) {
            private final Schema out = Schema.numeric(schema.width(), Target.none());

            @Override
            public Schema outputSchema() {
                return out;
            }
        }));
        all.add(centre("outputRowsDoNotDependOnChunking", (schema, warmUp) -> new Centre(schema, warmUp) {
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
        all.add(centre("outputRowsDoNotDependOnChunking", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            void put(Chunk chunk, int row, ChunkBuffer out) {
                // Uses the first row of the chunk only.
                Centered.put(chunk, row, out, ChunkCopy.cells(chunk, 0), 1);
            }
        }));
        all.add(centre("rowIsTransformedByTheStateAfterIt", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            void put(Chunk chunk, int row, ChunkBuffer out) {
                Centered.put(chunk, row, out, sums, weight + 1);
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
                (schema, step) -> new Centre.Centered(schema, step.sums, step.weight) {
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
        all.add(transformer(
                "outputBufferIsClearedFirst", (schema, step) -> new Centre.Centered(schema, step.sums, step.weight) {
                    @Override
                    public void transform(Chunk chunk, ChunkBuffer out) {
                        for (int row = 0; row < chunk.rows(); row++) {
                            put(chunk, row, out, step.sums, step.weight);
                        }
                    }
                }));
        all.add(centre("outputBufferIsClearedFirst", (schema, warmUp) -> new Centre(schema, warmUp) {
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
        all.add(centre("emptyChunkGivesNoOutput", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
                super.partialFitTransform(chunk, out);
                if (chunk.rows() == 0) {
                    out.beginRow();
                    out.endRow();
                }
            }
        }));
        all.add(centre("outputRowsAreCopies", (schema, warmUp) -> new Centre(schema, warmUp) {
            private double[] input = {};

            @Override
            public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
                super.partialFitTransform(chunk, out);
                if (chunk instanceof DenseChunk dense) {
                    // Scales in place.
                    input = dense.values();
                    input[0]++;
                }
            }
        }));
        all.add(centre("outputRowsAreFinite", (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            void put(Chunk chunk, int row, ChunkBuffer out) {
                // Divides by a standard deviation that is 0 at the first row.
                Centered.put(chunk, row, out, sums, rows == 1 ? Double.MIN_VALUE : weight);
            }
        }));
        return all;
    }

    private static Mutant<StepProvider> transformer(String law, BiFunction<Schema, Centre, Transformer> make) {
        return centre(law, (schema, warmUp) -> new Centre(schema, warmUp) {
            @Override
            public Transformer snapshot() {
                return make.apply(schema, this);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("steps")
    void stepThatBreaksALawIsCaught(Mutant<StepProvider> mutant) {
        subject = mutant.part();
        mutant.assertKilledBy(Suite.class);
    }

    @Test
    void everyLawIsBrokenByAMutant() {
        Set<String> broken = new TreeSet<>();
        steps().forEach(mutant -> broken.add(mutant.law()));
        assertThat(broken).isEqualTo(Mutant.laws(StepContract.class));
    }
}
