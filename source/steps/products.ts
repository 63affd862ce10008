/** Whether a product keeps user data in a backend that `export-ldif` and `import-ldif` carry. */
export const holdsDirectoryData = (product: string): boolean => product === 'pingdirectory';

/** Products whose configuration `manage-profile generate-profile` saves (getting-started 2506:docs/reference/profileStructures.md). */
const profileTool = new Set(['pingdirectory', 'pingdirectoryproxy', 'pingdatasync', 'pingdatagovernance', 'pingauthorize']);

/** Whether the product can generate its own server profile in the pod. */
export const generatesProfile = (product: string): boolean => profileTool.has(product);
