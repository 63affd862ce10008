/** Whether a product keeps user data in a backend that `export-ldif` and `import-ldif` carry. */
export const holdsDirectoryData = (product: string): boolean => product === 'pingdirectory';
