// What the page uses of TanStack Table, and nothing else: `make vendor` bundles it into table-core.js.
export {
  constructTable, tableFeatures, columnFilteringFeature, columnFacetingFeature, rowSortingFeature,
  rowPaginationFeature, createFilteredRowModel, createFacetedRowModel, createFacetedUniqueValues,
  createSortedRowModel, createPaginatedRowModel,
} from "@tanstack/table-core";
export { storeReactivityBindings } from "@tanstack/table-core/store-reactivity-bindings";
